using System.Collections.Immutable;

namespace IdentityProvider.Clients;

/// <summary>Whom an access token is for (RFC 8707, RFC 9068 section 3): the APIs asked for, never the client.</summary>
internal static class Audiences
{
    /// <summary>The named resources, else the APIs that own the scopes, else this server (UserInfo).</summary>
    public static IReadOnlyList<string> Of(ScopeCatalog.Snapshot catalog, IEnumerable<string> scopes, ImmutableArray<string> resources, string issuer)
    {
        if (!resources.IsDefaultOrEmpty)
            return [.. resources.Distinct(StringComparer.Ordinal)];
        string[] apis = [.. catalog.Find(scopes).Select(s => s.Api).OfType<string>().Distinct(StringComparer.Ordinal)];
        return apis.Length > 0 ? apis : [issuer];
    }

    /// <summary>The scopes that make sense for an audience: identity scopes and those of its APIs.</summary>
    public static IReadOnlyList<string> Narrow(ScopeCatalog.Snapshot catalog, IEnumerable<string> scopes, ImmutableArray<string> resources) =>
        resources.IsDefaultOrEmpty ? [.. scopes] : [.. catalog.Find(scopes).Where(s => s.Api is null || resources.Contains(s.Api)).Select(s => s.Name)];
}
