using System.ComponentModel.DataAnnotations;
using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Clients;

/// <summary>A protected resource.</summary>
internal sealed class ApiMetadata
{
    /// <summary>An absolute URI without fragment, at most 100 characters; the audience of the access tokens for this API, and the client_id of a client that introspects for it.</summary>
    [Required, MaxLength(100)]
    public string Identifier { get; set; } = "";

    /// <summary>What people read on the consent page.</summary>
    [MaxLength(200)]
    public string? DisplayName { get; set; }

    /// <summary>Names of the roles its access tokens speak of: those the person holds, when the scope roles was granted too.</summary>
    [MaxLength(50)]
    public List<string> Roles { get; set; } = [];

    /// <summary>All scopes of the API; one that is not listed is removed from it.</summary>
    [MaxLength(500)]
    public List<ApiScopeMetadata> Scopes { get; set; } = [];

    public static ApiMetadata Of(Api api) => new()
    {
        Identifier = api.Identifier,
        DisplayName = api.DisplayName,
        Roles = [.. api.Roles],
        Scopes = [.. api.Scopes.OrderBy(scope => scope.Name, StringComparer.Ordinal).Select(scope => new ApiScopeMetadata { Name = scope.Name, Description = scope.Description, Permissions = [.. scope.Permissions] })],
    };

    public IEnumerable<Problem> IdentifierProblems()
    {
        if (Identifier.Length is > 0 and <= 100 && WebUris.Unreadable(Identifier, out _) is { } text)
            yield return new Problem("identifier", $"\"{Constraints.Shown(Identifier)}\" {text}");
    }
}

/// <summary>A scope of an API.</summary>
internal sealed class ApiScopeMetadata
{
    /// <summary>The scope token (RFC 6749 section 3.3); it belongs to one API only.</summary>
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    /// <summary>What the consent page says, one plain sentence.</summary>
    [MaxLength(500)]
    public string? Description { get; set; }

    /// <summary>
    /// The permissions the scope stands for: of those the person holds, an access token with the scope carries them in the claim permissions.
    /// A resource (notes) brings all of its permissions, an action (notes:delete) its :own and :all, and one with a suffix only itself.
    /// </summary>
    [MaxLength(50)]
    public List<string> Permissions { get; set; } = [];
}

/// <summary>A further identity scope.</summary>
internal sealed class IdentityScopeMetadata
{
    private static readonly string[] ProtocolClaims =
    [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "at_hash", "c_hash", "auth_time", "acr", "amr", "azp", "sid", "client_id", "scope", "cnf", "act", "events",
    ];

    /// <summary>The scope token (RFC 6749 section 3.3).</summary>
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    /// <summary>What the consent page says, one plain sentence.</summary>
    [MaxLength(500)]
    public string? Description { get; set; }

    /// <summary>The claims it releases.</summary>
    [MaxLength(50)]
    public List<string> Claims { get; set; } = [];

    public static IdentityScopeMetadata Of(Scope scope) => new() { Name = scope.Name, Description = scope.Description, Claims = [.. scope.Claims] };

    public IEnumerable<Problem> ClaimProblems()
    {
        foreach (var (claim, i) in Claims.Select((claim, i) => (claim, i)))
            if (claim.Length is 0 or > 100 || claim.Any(c => c is <= ' ' or > '~'))
                yield return new Problem($"claims[{i}]", "is not a claim name. Give 1 to 100 visible ASCII characters.");
            else if (ProtocolClaims.Contains(claim))
                yield return new Problem($"claims[{i}]", $"\"{claim}\" is written by the server itself. Remove it.");
    }
}
