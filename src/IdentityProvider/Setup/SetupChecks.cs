using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using IdentityProvider.Webhooks;

namespace IdentityProvider.Setup;

/// <summary>
/// What all documents together must be: each entry by itself, then the names that lead from one to another.
/// Two entries for one thing are refused, because then a second application would undo the first.
/// </summary>
internal sealed class SetupChecks(IReadOnlyList<SetupFile> files, SetupKnown known, PasswordRules passwords)
{
    /// <summary>Adds to the problems of the files.</summary>
    public void Run()
    {
        Once(document => document.Clients, client => client.ClientId, "client_id");
        Once(document => document.Apis, api => api.Identifier, "identifier");
        Once(document => document.Providers, provider => provider.Name, "name");
        Once(document => document.Roles, role => role.Name, "name");
        Once(document => document.Groups, group => group.Name, "name");
        Once(document => document.Users, user => UserNames.Normalize(user.Username), "username");
        Once(document => document.ServiceAccounts, account => UserNames.Normalize(account.Name), "name");
        Once(document => document.Webhooks, webhook => webhook.Url, "url");
        var scopes = CheckScopes();
        HashSet<string> roles = [.. SeededRoles.Permissions.Keys, .. files.SelectMany(file => file.Document.Roles).Select(role => role.Name), .. known.Roles];
        HashSet<string> providers = [.. files.SelectMany(file => file.Document.Providers).Select(provider => provider.Name), .. known.Providers];
        new UserChecks(files, known, passwords).Run();
        new ServiceAccountChecks(files, known, roles).Run();
        new GroupChecks(files, known, roles).Run();
        CheckWebhooks();

        foreach (var file in files)
        {
            foreach (var client in file.Document.Clients)
                Report(file, client, [.. client.Validate(), .. UnknownScopes(client, scopes), .. UnknownProviders(client, providers)]);
            foreach (var api in file.Document.Apis)
                Report(file, api, [.. Constraints.Check(api, ClientMetadataRules.OutsideName), .. api.IdentifierProblems(), .. UnknownRoles("roles", api.Roles, roles)]);
            foreach (var provider in file.Document.Providers)
                Report(file, provider, ProviderRules.Problems(provider, roles));
            Report(file, file.Document, Constraints.Check(file.Document, ClientMetadataRules.OutsideName));
            Report(file, file.Document, RemovedAndDescribed(file.Document));
            foreach (var role in file.Document.Roles)
                Report(file, role, [.. Constraints.Check(role, ClientMetadataRules.OutsideName), .. PermissionRules.Held(role.Permissions)]);
        }
    }

    private void Once<T>(Func<SetupDocument, IEnumerable<T>> entries, Func<T, string> key, string property)
        where T : notnull
    {
        foreach (var group in files.SelectMany(file => entries(file.Document).Select(entry => (file, entry))).GroupBy(pair => key(pair.entry)).Where(group => group.Key.Length > 0))
            foreach (var (file, entry) in group.Skip(1))
                file.Report(entry, new Problem(property, $"\"{Constraints.Shown(group.Key)}\" is described twice, first in {group.First().file.Path}. Keep one."));
    }

    /// <summary>All scope names there will be, and every rule about them.</summary>
    private HashSet<string> CheckScopes()
    {
        var described = files
            .SelectMany(file => file.Document.Apis.SelectMany(api => api.Scopes.Select(scope => (file, entry: (object)scope, scope.Name, Api: (string?)api.Identifier)))
                .Concat(file.Document.Scopes.Select(scope => (file, entry: (object)scope, scope.Name, Api: (string?)null))))
            .ToList();
        var identifiers = files.SelectMany(file => file.Document.Apis).Select(api => api.Identifier).ToHashSet(StringComparer.Ordinal);
        var owners = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (file, entry, name, api) in described)
        {
            Report(file, entry, Constraints.Check(entry, ClientMetadataRules.OutsideName));
            if (name.Length > 0)
                Report(file, entry, ScopeNames.Problems(name));
            if (!owners.TryAdd(name, api) && name.Length > 0)
                file.Report(entry, new Problem("name", $"\"{Constraints.Shown(name)}\" is already {Owner(owners[name])}. A scope belongs to one API; choose another name."));
            else if (known.ScopeOwners.TryGetValue(name, out var owner) && owner != api && (owner is null || !identifiers.Contains(owner)))
                file.Report(entry, new Problem("name", $"\"{Constraints.Shown(name)}\" is in the database {Owner(owner)}. A scope belongs to one API; choose another name."));
            if (entry is IdentityScopeMetadata identity)
                Report(file, entry, identity.ClaimProblems());
            else if (entry is ApiScopeMetadata scope)
                Report(file, entry, PermissionRules.Told(scope.Permissions));
        }

        return [.. ScopeNames.BuiltIn, .. owners.Keys, .. known.ScopeOwners.Keys];
    }

    private static string Owner(string? api) => api is null ? "an identity scope" : $"a scope of {Constraints.Shown(api)}";

    private static IEnumerable<Problem> UnknownScopes(ClientMetadata client, HashSet<string> scopes) =>
        client.ScopeNames.Take(50).Where(name => !scopes.Contains(name)).Select(name => new Problem(
            "scope",
            $"\"{Constraints.Shown(name)}\" is no scope.{(NearestName.Question(name, scopes) is { Length: > 0 } question ? question : " Describe it under apis or scopes, or remove it.")}"));

    private static IEnumerable<Problem> UnknownProviders(ClientMetadata client, HashSet<string> providers)
    {
        foreach (var (name, i) in client.Providers.Select((name, i) => (name, i)))
            if (!providers.Contains(name))
                yield return new Problem($"providers[{i}]", $"\"{Constraints.Shown(name)}\" is no provider.{(NearestName.Question(name, providers) is { Length: > 0 } question ? question : " Describe it under providers, or remove it.")}");
    }

    internal static IEnumerable<Problem> UnknownRoles(string property, IEnumerable<string> names, HashSet<string> roles)
    {
        foreach (var (name, i) in names.Select((name, i) => (name, i)))
            if (name.Length > 0 && !roles.Contains(name))
                yield return new Problem($"{property}[{i}]", $"\"{Constraints.Shown(name)}\" is no role.{(NearestName.Question(name, roles) is { Length: > 0 } question ? question : " Describe it under roles, or remove it.")}");
    }

    private void CheckWebhooks()
    {
        var all = known.Webhooks.ToHashSet(StringComparer.Ordinal);
        foreach (var (file, webhook) in files.SelectMany(file => file.Document.Webhooks.Select(webhook => (file, webhook))))
        {
            Report(file, webhook, [.. Constraints.Check(webhook, ClientMetadataRules.OutsideName), .. WebhookRules.Problems(webhook)]);
            if (webhook.Secret is null && !known.Webhooks.Contains(webhook.Url))
                file.Report(webhook, new Problem("secret", "is missing, and nobody would see one that is made here. Give whsec_ and 24 to 64 random bytes in base64, best by reference."));
            if (all.Add(webhook.Url) && all.Count > WebhookChanges.Most)
                file.Report(webhook, new Problem("url", $"is one webhook more than the {WebhookChanges.Most} there may be. Remove one."));
        }
    }

    private IEnumerable<Problem> RemovedAndDescribed(SetupDocument document)
    {
        var described = files.SelectMany(file => file.Document.Providers).Select(provider => provider.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, i) in document.RemovedProviders.Select((name, i) => (name, i)))
            if (described.Contains(name))
                yield return new Problem($"removed_providers[{i}]", $"\"{Constraints.Shown(name)}\" is described under providers, too. Keep one of the two.");
    }

    private static void Report(SetupFile file, object owner, IEnumerable<Problem> problems)
    {
        foreach (var problem in problems)
            file.Report(owner, problem);
    }
}
