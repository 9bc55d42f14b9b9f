using System.Net;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;

namespace IdentityProvider.ApiKeys;

/// <summary>What somebody wants a key to be.</summary>
internal sealed record ApiKeyRequest(string? Name, IReadOnlyList<string> Scopes, IReadOnlyList<string> Permissions, IReadOnlyList<string> Networks, TimeSpan Lifetime, int? RequestsPerMinute, int? MonthlyQuota);

/// <summary>What a key may be, all that is wrong with one at once.</summary>
internal static class ApiKeyRules
{
    public const int MaxName = 100, MaxNetworks = 20, MaxPermissions = 100;

    /// <summary>From everybody's programs to one's own: what apps are asked to sign in with makes no sense for a key.</summary>
    private static readonly string[] Personal = [StandardScopes.OpenId, "profile", "email", StandardScopes.Roles, StandardScopes.Administration];

    /// <summary>The scopes a key can have: those of APIs, and what our own API gives of the owner.</summary>
    public static IEnumerable<ScopeInfo> Scopes(ScopeCatalog.Snapshot catalog) =>
        catalog.Scopes.Values.Where(scope => scope.Api is not null || Personal.Contains(scope.Name, StringComparer.Ordinal)).OrderBy(scope => scope.Api, StringComparer.Ordinal).ThenBy(scope => scope.Name, StringComparer.Ordinal);

    public static IEnumerable<Problem> Check(ApiKeyRequest request, ScopeCatalog.Snapshot catalog, IReadOnlyCollection<string> held, ApiKeysOptions options)
    {
        if (string.IsNullOrWhiteSpace(request.Name))
            yield return new("name", "Give the key a name, so that you know later what uses it");
        else if (request.Name.Trim().Length > MaxName || request.Name.Any(char.IsControl))
            yield return new("name", $"A name has at most {MaxName} characters and no line breaks");

        var possible = Scopes(catalog).Select(scope => scope.Name).ToHashSet(StringComparer.Ordinal);
        if (request.Scopes.Count == 0)
            yield return new("scope", "Choose at least one thing that the key may do");
        foreach (var scope in request.Scopes.Where(scope => !possible.Contains(scope)).Take(1))
            yield return new("scope", NearestName.Of(scope, possible) is { } meant ? $"There is a scope here that a key cannot have. Did you mean “{meant}”?" : "There is a scope here that a key cannot have");

        if (request.Permissions.Count > MaxPermissions)
            yield return new("permissions", $"A key has at most {MaxPermissions} permissions");
        else if (request.Permissions.FirstOrDefault(wanted => !Permission.IsWellFormed(wanted) || !held.Any(own => Permission.Implies(own, wanted))) is not null)
            yield return new("permissions", "A key cannot have a permission that you do not hold");

        if (request.Networks.Count > MaxNetworks)
            yield return new("ip_addresses", $"List at most {MaxNetworks} addresses or networks");
        else if (request.Networks.FirstOrDefault(text => Network(text) is null) is not null)
            yield return new("ip_addresses", "Write addresses like 203.0.113.7 or networks like 203.0.113.0/24 or 2001:db8::/32, one on each line");

        if (request.Lifetime < TimeSpan.FromHours(1) || request.Lifetime > options.MaxLifetime)
            yield return new("expires_in", $"A key works for at least one hour and at most {options.MaxLifetime.TotalDays:0} days");
        if (request.RequestsPerMinute is { } rate && (rate < 1 || rate > options.RequestsPerMinute))
            yield return new("requests_per_minute", $"Choose 1 to {options.RequestsPerMinute} requests a minute");
        if (request.MonthlyQuota is < 1 or > 1_000_000_000)
            yield return new("monthly_quota", "Choose 1 to 1,000,000,000 requests a month, or leave it empty");
    }

    /// <summary>An address is a network of one. Null where the text is neither.</summary>
    public static IPNetwork? Network(string text)
    {
        var plain = text.Trim();
        if (plain.Length is 0 or > 50)
            return null;
        if (IPNetwork.TryParse(plain, out var network))
            return network;
        return IPAddress.TryParse(plain, out var address) && address.ScopeIdOrZero() == 0 ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }

    private static long ScopeIdOrZero(this IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
