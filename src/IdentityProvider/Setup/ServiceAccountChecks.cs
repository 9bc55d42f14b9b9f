using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;

namespace IdentityProvider.Setup;

/// <summary>The rules about service accounts in all documents together: a name is a person's or a program's, never both.</summary>
internal sealed class ServiceAccountChecks(IReadOnlyList<SetupFile> files, SetupKnown known, HashSet<string> roles)
{
    public void Run()
    {
        var people = files.SelectMany(file => file.Document.Users).SelectMany(UserChecks.NamesOf).ToHashSet(StringComparer.Ordinal);
        HashSet<string> accounts = [.. known.ServiceAccounts, .. files.SelectMany(file => file.Document.ServiceAccounts).Select(account => UserNames.Normalize(account.Name))];
        foreach (var file in files)
        {
            foreach (var account in file.Document.ServiceAccounts)
                foreach (var problem in (IEnumerable<Problem>)[.. Constraints.Check(account, ClientMetadataRules.OutsideName), .. Problems(account, people), .. SetupChecks.UnknownRoles("roles", account.Roles ?? [], roles)])
                    file.Report(account, problem);
            foreach (var user in file.Document.Users.Where(user => known.ServiceAccounts.Contains(UserNames.Normalize(user.Username))))
                file.Report(user, new Problem("username", $"\"{Constraints.Shown(user.Username)}\" is in the database a service account, which nobody signs in as. Choose another name."));
            foreach (var client in file.Document.Clients.Where(client => client.ServiceAccount is { } name && !accounts.Contains(UserNames.Normalize(name))))
                file.Report(client, new Problem("service_account", $"\"{Constraints.Shown(client.ServiceAccount!)}\" is no service account.{NearestName.Question(client.ServiceAccount!, files.SelectMany(other => other.Document.ServiceAccounts).Select(account => account.Name))} Describe it under service_accounts, or remove it."));
        }
    }

    private IEnumerable<Problem> Problems(ServiceAccountEntry account, HashSet<string> people)
    {
        var name = UserNames.Normalize(account.Name);
        if (account.Name.Any(c => c is <= ' ' or > '~' or '@'))
            yield return new("name", "has a space, an @ or a character outside visible ASCII. Use letters, digits, and . _ - between them.");
        else if (people.Contains(name))
            yield return new("name", $"\"{Constraints.Shown(account.Name)}\" is a user of the documents. Choose another name.");
        else if (known.NameOwners.ContainsKey(name) && !known.ServiceAccounts.Contains(name))
            yield return new("name", $"\"{Constraints.Shown(account.Name)}\" is in the database a person. Choose another name.");
    }
}
