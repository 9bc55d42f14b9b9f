namespace IdentityProvider.Clients;

/// <summary>The identity scopes every deployment has (OpenID Connect Core 1.0 sections 5.4 and 11) and what each releases.</summary>
internal static class StandardScopes
{
    public const string OpenId = "openid", OfflineAccess = "offline_access", Roles = "roles";

    /// <summary>Our own API for administrators: with it a client does what the person may. Registered for few clients.</summary>
    public const string Administration = "urn:identityprovider:admin";

    /// <summary>Our own API for a person's keys. A client with it can make keys that do what the person may.</summary>
    public const string ApiKeys = "urn:identityprovider:api-keys";

    public static readonly IReadOnlyList<ScopeInfo> All =
    [
        new(OpenId, "Know who you are", null, ["sub"]),
        new("profile", "See your profile: name, picture, language", null,
            ["name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"]),
        new("email", "See your e-mail address", null, ["email", "email_verified"]),
        new("phone", "See your phone number", null, ["phone_number", "phone_number_verified"]),
        new("address", "See your postal address", null, ["address"]),
        new(Roles, "See the roles you hold", null, ["roles"]),
        new(Administration, "Administer this server with all the rights you hold", null, []),
        .. AdminScopes.All,
        new(ApiKeys, "Make and revoke API keys that do what you may", null, []),
        new(OfflineAccess, "Keep this access when you are not using it", null, []),
    ];
}

/// <summary>A scope as the protocol needs it.</summary>
/// <param name="Name">The value in the scope parameter.</param>
/// <param name="Sentence">What the consent page says.</param>
/// <param name="Api">The identifier of the API that owns it; null for an identity scope.</param>
/// <param name="Claims">The claims an identity scope releases.</param>
internal sealed record ScopeInfo(string Name, string Sentence, string? Api, IReadOnlyList<string> Claims)
{
    /// <summary>The permissions a scope of an API stands for: whole ones, or resources.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];
}

/// <summary>An API as the protocol needs it.</summary>
/// <param name="Identifier">The audience of its access tokens.</param>
/// <param name="DisplayName">What people read.</param>
/// <param name="Roles">The roles its access tokens may speak of.</param>
internal sealed record ApiInfo(string Identifier, string DisplayName, IReadOnlyList<string> Roles);
