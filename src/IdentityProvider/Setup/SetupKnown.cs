using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using IdentityProvider.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup;

/// <summary>What the database already has that documents may lean on or collide with.</summary>
internal sealed record SetupKnown(
    IReadOnlyDictionary<string, string?> ScopeOwners,
    IReadOnlySet<string> Roles,
    IReadOnlySet<string> Providers,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Groups,
    IReadOnlyDictionary<string, string> NameOwners,
    IReadOnlySet<string> ServiceAccounts,
    IReadOnlySet<string> Webhooks)
{
    /// <summary>No database: the documents must stand by themselves.</summary>
    public static readonly SetupKnown Nothing = new(new Dictionary<string, string?>(), new HashSet<string>(), new HashSet<string>(), new Dictionary<string, IReadOnlyList<string>>(), new Dictionary<string, string>(), new HashSet<string>(), new HashSet<string>());

    public static async Task<SetupKnown> LoadAsync(Store db, IReadOnlyList<SetupFile> files, CancellationToken ct)
    {
        var scopes = await db.Set<Scope>()
            .GroupJoin(db.Set<Api>(), scope => scope.ApiId, api => api.Id, (scope, apis) => new { scope.Name, apis })
            .SelectMany(pair => pair.apis.DefaultIfEmpty(), (pair, api) => new { pair.Name, Identifier = api == null ? null : api.Identifier })
            .ToDictionaryAsync(scope => scope.Name, scope => scope.Identifier, ct);
        var roles = await db.Set<Role>().Select(role => role.Name).ToHashSetAsync(ct);
        var providers = await db.Set<UpstreamProvider>().Select(provider => provider.Name).ToHashSetAsync(ct);

        var groupNames = await db.Set<Group>().ToDictionaryAsync(group => group.Id, group => group.Name, ct);
        var pairs = (await db.Set<GroupPath>().AsNoTracking().Where(path => path.Distance == 1).ToListAsync(ct)).ToLookup(path => path.OuterId, path => groupNames[path.InnerId]);
        var groups = groupNames.ToDictionary(group => group.Value, group => (IReadOnlyList<string>)[.. pairs[group.Key]]);

        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        var given = files.SelectMany(file => file.Document.Users).SelectMany(UserChecks.NamesOf)
            .Concat(files.SelectMany(file => file.Document.ServiceAccounts).Select(account => UserNames.Normalize(account.Name)))
            .Concat(files.SelectMany(file => file.Document.Groups).SelectMany(group => group.Members ?? []).Select(UserNames.Normalize)).Distinct(StringComparer.Ordinal);
        foreach (var names in given.Chunk(500))
        {
            var users = await db.Set<User>()
                .Where(user => names.Contains(user.NormalizedUserName) || names.Contains(user.NormalizedEmail) || names.Contains(user.EmailLikeness))
                .Select(user => new { user.NormalizedUserName, user.NormalizedEmail, user.EmailLikeness })
                .ToListAsync(ct);
            foreach (var user in users)
            {
                owners[user.NormalizedUserName!] = user.NormalizedUserName!;
                if (user.NormalizedEmail is { } email)
                    owners[email] = owners[user.EmailLikeness!] = user.NormalizedUserName!;
            }
        }

        var accounts = await db.Set<User>().Where(user => user.ServiceSince != null).Select(user => user.NormalizedUserName!).ToHashSetAsync(ct);
        var webhooks = await db.Set<Webhook>().Select(webhook => webhook.Url).ToHashSetAsync(ct);
        return new SetupKnown(scopes, roles, providers, groups, owners, accounts, webhooks);
    }
}
