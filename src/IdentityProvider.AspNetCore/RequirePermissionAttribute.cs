using Microsoft.AspNetCore.Authorization;

namespace IdentityProvider.AspNetCore;

/// <summary>
/// The route, page or controller wants this permission of the caller: 401 without a valid token, 403 <c>insufficient_scope</c> without the
/// permission. Several on one route must all be held. On a route to one object ask for <c>:own</c> here, and for the owner after loading:
/// <see cref="OwnerChecks"/>.
/// </summary>
/// <param name="permission"><c>resource:action</c>, optionally with <c>:own</c> or <c>:all</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class RequirePermissionAttribute(string permission) : AuthorizeAttribute, IAuthorizationRequirementData
{
    private readonly PermissionRequirement requirement = new(permission);

    /// <summary>The permission asked for.</summary>
    public string Permission => requirement.Permission;

    /// <inheritdoc />
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [requirement];
}

/// <summary>
/// The route, page or controller wants this scope in the access token: what the client was allowed, whoever the person is. 401 without
/// a valid token, 403 <c>insufficient_scope</c> with the scope's name without it.
/// </summary>
/// <param name="scope">One scope.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class RequireScopeAttribute(string scope) : AuthorizeAttribute, IAuthorizationRequirementData
{
    private readonly ScopeRequirement requirement = new(scope);

    /// <summary>The scope asked for.</summary>
    public string Scope => requirement.Scope;

    /// <inheritdoc />
    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [requirement];
}
