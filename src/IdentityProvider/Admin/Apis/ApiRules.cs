using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;

namespace IdentityProvider.Admin.Apis;

/// <summary>What is wrong with an API or a scope beyond the annotations; the rules of a setup document.</summary>
internal static class ApiRules
{
    public static IEnumerable<Problem> Problems(ApiMetadata api, IReadOnlySet<string> roles) =>
    [
        .. api.IdentifierProblems(),
        .. api.Roles.Select((role, i) => (role, i)).Where(entry => !roles.Contains(entry.role)).Select(entry => new Problem($"roles[{entry.i}]", $"\"{Constraints.Shown(entry.role)}\" is no role.{NearestName.Question(entry.role, roles)}")),
        .. api.Scopes.SelectMany((scope, i) => Problems(scope, api.Scopes.Take(i)).Select(problem => problem with { Property = $"scopes[{i}].{problem.Property}" })),
    ];

    public static IEnumerable<Problem> Problems(IdentityScopeMetadata scope) => [.. NameProblems(scope.Name), .. scope.ClaimProblems()];

    private static IEnumerable<Problem> Problems(ApiScopeMetadata scope, IEnumerable<ApiScopeMetadata> before) =>
    [
        .. Constraints.Check(scope, ClientMetadataRules.OutsideName),
        .. NameProblems(scope.Name),
        .. before.Any(other => other.Name == scope.Name) ? [new Problem("name", "is there twice. Remove one.")] : Array.Empty<Problem>(),
        .. PermissionRules.Told(scope.Permissions),
    ];

    private static IEnumerable<Problem> NameProblems(string name) => name.Length == 0 ? [] : ScopeNames.Problems(name);
}

/// <summary>A page of APIs; <c>next</c> is <c>after</c> of the next request, null at the end.</summary>
internal sealed record ApiList(IReadOnlyList<ApiMetadata> Apis, string? Next);

/// <summary>A page of identity scopes.</summary>
internal sealed record ScopeList(IReadOnlyList<IdentityScopeMetadata> Scopes, string? Next);
