using System.Text.RegularExpressions;

namespace IdentityProvider.Roles;

/// <summary>A permission: <c>resource:action[:own|:all]</c>.</summary>
internal static partial class Permission
{
    public const string ReadUsers = "users:read", ManageUsers = "users:manage", ImpersonateUsers = "users:impersonate", ReadRoles = "roles:read", ManageRoles = "roles:manage",
        ReadClients = "clients:read", ManageClients = "clients:manage", ReadApis = "apis:read", ManageApis = "apis:manage",
        ReadConsents = "consents:read", ManageConsents = "consents:manage", ReadGrants = "grants:read", ManageGrants = "grants:manage",
        ReadSessions = "sessions:read", ManageSessions = "sessions:manage", ReadApiKeys = "api-keys:read", ManageApiKeys = "api-keys:manage",
        ReadProviders = "providers:read", ManageProviders = "providers:manage", ReadKeys = "keys:read", ManageKeys = "keys:manage",
        ReadAudit = "audit:read", ReadSettings = "settings:read", ReadStatistics = "statistics:read",
        ReadServiceAccounts = "service-accounts:read", ManageServiceAccounts = "service-accounts:manage",
        ReadWebhooks = "webhooks:read", ManageWebhooks = "webhooks:manage";

    public static bool IsWellFormed(string text) => text.Length <= 100 && Form().IsMatch(text);

    /// <summary>Does holding the one allow the other? <c>:all</c> implies <c>:own</c> and what is not limited.</summary>
    public static bool Implies(string held, string wanted) => held == wanted
        || (held.EndsWith(":all", StringComparison.Ordinal) && (wanted == held[..^4] || wanted == $"{held[..^4]}:own"));

    /// <summary>A resource, as in <c>resource:action</c>: it stands for all its permissions.</summary>
    public static bool IsResource(string text) => text.Length <= 100 && Word().IsMatch(text);

    /// <summary>
    /// What of the held permissions a consumer of <paramref name="wanted"/> is told: a resource brings all of its permissions, an action its
    /// <c>:own</c> and <c>:all</c>, and one with a suffix itself, even where more is held. What another one implies is left out.
    /// </summary>
    public static IEnumerable<string> Told(IEnumerable<string> wanted, IReadOnlyCollection<string> held)
    {
        var told = wanted.SelectMany(want => want.Split(':') switch
        {
            [_, _, _] => held.Any(permission => Implies(permission, want)) ? [want] : [],
            [_, _] => held.Where(permission => permission == want || permission == want + ":own" || permission == want + ":all"),
            _ => held.Where(permission => permission.StartsWith(want + ":", StringComparison.Ordinal)),
        }).ToHashSet(StringComparer.Ordinal);
        return told.Where(permission => !told.Any(other => other != permission && Implies(other, permission))).Order(StringComparer.Ordinal);
    }

    /// <summary>Whoever manages something, does it with everybody's, or may act for others, is an administrator.</summary>
    public static bool IsAdministrative(string permission) =>
        permission.EndsWith(":all", StringComparison.Ordinal) || permission.Split(':')[1] is "manage" or "impersonate";

    [GeneratedRegex(@"\A[a-z][a-z0-9_.-]*\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\A[a-z][a-z0-9_.-]*:[a-z][a-z0-9_.-]*(:(own|all))?\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
