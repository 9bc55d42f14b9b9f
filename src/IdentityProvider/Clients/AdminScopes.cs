namespace IdentityProvider.Clients;

/// <summary>
/// The admin API by its areas, to look or to change: a client gets no more of it than it was made for. The person behind the token needs
/// the permissions all the same.
/// </summary>
internal static class AdminScopes
{
    /// <summary>Area, what is in it, and whether there is something to change.</summary>
    private static readonly (string Name, string Content, bool Changes)[] Areas =
    [
        ("users", "people", true), ("roles", "roles and groups", true), ("clients", "apps", true), ("apis", "APIs and scopes", true),
        ("consents", "what people allowed apps", true), ("grants", "the grants of apps", true), ("sessions", "sessions", true), ("api-keys", "API keys", true), ("service-accounts", "accounts of programs", true),
        ("providers", "sign-in providers", true), ("keys", "signing keys", true), ("audit", "the audit log", true),
        ("settings", "settings", false), ("statistics", "statistics", false),
    ];

    public static IReadOnlyList<ScopeInfo> All { get; } =
    [
        .. Areas.SelectMany(area => new ScopeInfo?[]
        {
            new(Name(area.Name, "read"), $"See {area.Content} of this server, as far as you may", null, []),
            area.Changes ? new(Name(area.Name, "write"), $"See and change {area.Content} of this server, as far as you may", null, []) : null,
        }).OfType<ScopeInfo>(),
    ];

    /// <summary>The scopes of which a token needs one for what takes a permission; the least comes first.</summary>
    /// <param name="permission">resource:action; the resource is the area.</param>
    public static IReadOnlyList<string> For(string permission)
    {
        var area = permission.Split(':')[0];
        string[] scopes = permission == $"{area}:read" ? [Name(area, "read"), Name(area, "write")] : [Name(area, "write")];
        return [.. scopes.Where(scope => All.Any(known => known.Name == scope)), StandardScopes.Administration];
    }

    /// <summary>Is it for the admin API, or a part of it?</summary>
    public static bool Is(string scope) => scope == StandardScopes.Administration || IsArea(scope);

    /// <summary>Is it for a part of the admin API? These are in no discovery document: nobody looks there for a way in.</summary>
    public static bool IsArea(string scope) => scope.StartsWith(StandardScopes.Administration + ":", StringComparison.Ordinal);

    private static string Name(string area, string action) => $"{StandardScopes.Administration}:{area}:{action}";
}
