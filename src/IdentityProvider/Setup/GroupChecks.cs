using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Users;

namespace IdentityProvider.Setup;

/// <summary>The rules about groups in all documents together, and those the database has.</summary>
internal sealed class GroupChecks(IReadOnlyList<SetupFile> files, SetupKnown known, HashSet<string> roles)
{
    public void Run()
    {
        var described = files.SelectMany(file => file.Document.Groups.Select(group => (file, group))).ToList();
        if (described.Count == 0)
            return;
        HashSet<string> names = [.. known.Groups.Keys, .. described.Select(entry => entry.group.Name)];
        HashSet<string> people = [.. known.NameOwners.Values, .. files.SelectMany(file => file.Document.Users).Select(user => UserNames.Normalize(user.Username)), .. files.SelectMany(file => file.Document.ServiceAccounts).Select(account => UserNames.Normalize(account.Name))];
        foreach (var (file, group) in described)
            foreach (var problem in (IEnumerable<Problem>)
            [
                .. Constraints.Check(group, ClientMetadataRules.OutsideName),
                .. Unknown("roles", group.Roles, roles.Contains, roles, "role"),
                .. Unknown("groups", group.Groups, names.Contains, names, "group"),
                .. Unknown("members", group.Members ?? [], name => people.Contains(UserNames.Normalize(name)), [], "user"),
            ])
                file.Report(group, problem);

        // The last one describes a group; that a group is described twice is said elsewhere.
        var inner = known.Groups.ToDictionary(StringComparer.Ordinal);
        foreach (var (_, group) in described)
            inner[group.Name] = [.. group.Groups.Where(names.Contains).Distinct(StringComparer.Ordinal)];
        var closure = GroupGraph.Close(names, inner.SelectMany(group => group.Value.Select(within => (group.Key, within))).ToLookup(pair => pair.Key, pair => pair.within));
        if (closure.Problem is { } text)
        {
            var (file, group) = described.FirstOrDefault(entry => entry.group.Name == closure.At, described[0]);
            file.Report(group, new Problem("groups", $"\"{Constraints.Shown(closure.At!)}\" {text}"));
        }
    }

    private static IEnumerable<Problem> Unknown(string property, IEnumerable<string> given, Func<string, bool> isKnown, HashSet<string> names, string what) =>
        given.Select((name, i) => (name, i)).Where(entry => !isKnown(entry.name)).Select(entry => new Problem(
            $"{property}[{entry.i}]",
            $"\"{Constraints.Shown(entry.name)}\" is no {what}.{(NearestName.Question(entry.name, names) is { Length: > 0 } question ? question : $" Describe it under {what}s, or remove it.")}"));
}
