using System.ComponentModel.DataAnnotations;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;

namespace IdentityProvider.Admin.Apis;

/// <summary>A protected resource as a caller describes it, and as it is shown.</summary>
internal sealed class ApiInput
{
    /// <summary>An absolute URI without fragment; the audience of the access tokens for this API.</summary>
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
    public List<ApiScopeInput> Scopes { get; set; } = [];

    public static ApiInput Of(Api api) => new()
    {
        Identifier = api.Identifier,
        DisplayName = api.DisplayName,
        Roles = [.. api.Roles],
        Scopes = [.. api.Scopes.OrderBy(scope => scope.Name, StringComparer.Ordinal).Select(scope => new ApiScopeInput { Name = scope.Name, Description = scope.Description, Permissions = [.. scope.Permissions] })],
    };

    /// <summary>What is wrong beyond the annotations.</summary>
    public IEnumerable<Problem> Problems(IReadOnlySet<string> roles)
    {
        if (Identifier.Length is > 0 and <= 100 && WebUris.Unreadable(Identifier, out _) is { } text)
            yield return new("identifier", $"\"{Constraints.Shown(Identifier)}\" {text}");
        foreach (var (role, i) in Roles.Select((role, i) => (role, i)).Where(entry => !roles.Contains(entry.role)))
            yield return new($"roles[{i}]", $"\"{Constraints.Shown(role)}\" is no role.{NearestName.Question(role, roles)}");
        foreach (var (scope, i) in Scopes.Select((scope, i) => (scope, i)))
            foreach (var problem in scope.Problems(Scopes.Take(i)))
                yield return problem with { Property = $"scopes[{i}].{problem.Property}" };
    }
}

/// <summary>A scope of an API.</summary>
internal sealed class ApiScopeInput
{
    /// <summary>The scope token (RFC 6749 section 3.3); it belongs to one API only.</summary>
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    /// <summary>What the consent page says, one plain sentence.</summary>
    [MaxLength(500)]
    public string? Description { get; set; }

    /// <summary>The permissions the scope stands for: resource, resource:action, or one with :own or :all.</summary>
    [MaxLength(50)]
    public List<string> Permissions { get; set; } = [];

    public IEnumerable<Problem> Problems(IEnumerable<ApiScopeInput> before) =>
    [
        .. Constraints.Check(this, ClientMetadataRules.OutsideName),
        .. ScopeInput.NameProblems(Name),
        .. before.Any(other => other.Name == Name) ? [new Problem("name", "is there twice. Remove one.")] : Array.Empty<Problem>(),
        .. Permissions.Select((text, i) => (text, i)).Where(permission => !Permission.IsWellFormed(permission.text) && !Permission.IsResource(permission.text)).Select(permission => new Problem(
            $"permissions[{permission.i}]", $"\"{Constraints.Shown(permission.text)}\" is neither a permission nor a resource. Write resource or resource:action in lower case, the latter optionally with :own or :all.")),
    ];
}

/// <summary>An identity scope, which releases claims.</summary>
internal sealed class ScopeInput
{
    /// <summary>The scope token (RFC 6749 section 3.3).</summary>
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    /// <summary>What the consent page says, one plain sentence.</summary>
    [MaxLength(500)]
    public string? Description { get; set; }

    /// <summary>The claims it releases.</summary>
    [MaxLength(50)]
    public List<string> Claims { get; set; } = [];

    private static readonly string[] Protocol =
    [
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "at_hash", "c_hash", "auth_time", "acr", "amr", "azp", "sid", "client_id", "scope", "cnf", "act", "events",
    ];

    public static ScopeInput Of(Scope scope) => new() { Name = scope.Name, Description = scope.Description, Claims = [.. scope.Claims] };

    public IEnumerable<Problem> Problems() =>
    [
        .. NameProblems(Name),
        .. Claims.Select((claim, i) => (claim, i)).Where(entry => entry.claim.Length is 0 or > 100 || entry.claim.Any(c => c is <= ' ' or > '~') || Protocol.Contains(entry.claim))
            .Select(entry => new Problem($"claims[{entry.i}]", "is no claim name, or one that the server writes itself. Give 1 to 100 visible ASCII characters.")),
    ];

    public static IEnumerable<Problem> NameProblems(string name)
    {
        if (name.Length > 0 && ScopeNames.Problem(name) is { } text)
            yield return new("name", text);
        else if (ScopeNames.BuiltIn.Contains(name))
            yield return new("name", "is a scope that is always there. Choose another name.");
    }
}

/// <summary>A page of APIs; <c>next</c> is <c>after</c> of the next request, null at the end.</summary>
internal sealed record ApiList(IReadOnlyList<ApiInput> Apis, string? Next);

/// <summary>A page of identity scopes.</summary>
internal sealed record ScopeList(IReadOnlyList<ScopeInput> Scopes, string? Next);
