using Microsoft.AspNetCore.Authorization;

namespace IdentityProvider.AspNetCore;

/// <summary>
/// The caller must hold a permission. Evaluated with an <see cref="Owner"/> as the resource it asks whose object it is; with anything else
/// it asks for the permission itself.
/// </summary>
public sealed class PermissionRequirement : IAuthorizationRequirement
{
    /// <summary>Asks for a permission.</summary>
    /// <param name="permission"><c>resource:action</c>, optionally with <c>:own</c> or <c>:all</c>.</param>
    /// <exception cref="ArgumentException">It is not a permission.</exception>
    public PermissionRequirement(string permission) => Permission = HeldPermissions.WellFormed(permission);

    /// <summary>The permission asked for.</summary>
    public string Permission { get; }

    /// <inheritdoc />
    public override string ToString() => $"permission {Permission}";
}

/// <summary>Whom a loaded object belongs to: the resource to authorize a <see cref="PermissionRequirement"/> against.</summary>
/// <param name="Id">The <c>sub</c> of the owner; null: the object is nobody's own.</param>
public sealed record Owner(string? Id);

/// <summary>The access token must have been granted a scope (RFC 6749 section 3.3).</summary>
/// <param name="scope">One scope.</param>
public sealed class ScopeRequirement(string scope) : IAuthorizationRequirement
{
    /// <summary>The scope asked for.</summary>
    public string Scope { get; } = scope is { Length: > 0 } && scope.All(c => c is '!' or (>= '#' and <= '[') or (>= ']' and <= '~'))
        ? scope
        : throw new ArgumentException($"\"{scope}\" is not a scope: visible ASCII without quotation mark and backslash (RFC 6749 section 3.3).", nameof(scope));

    /// <inheritdoc />
    public override string ToString() => $"scope {Scope}";
}

internal sealed class PermissionHandler : AuthorizationHandler<PermissionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        if (context.Resource is Owner owner ? context.User.HasPermission(requirement.Permission, owner.Id) : context.User.HasPermission(requirement.Permission))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

/// <summary>The claim <c>scope</c> is one string with spaces (RFC 9068 section 2.2.3), or one claim a scope where something split it.</summary>
internal sealed class ScopeHandler : AuthorizationHandler<ScopeRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (context.User.FindAll("scope").SelectMany(claim => claim.Value.Split(' ')).Contains(requirement.Scope, StringComparer.Ordinal))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
