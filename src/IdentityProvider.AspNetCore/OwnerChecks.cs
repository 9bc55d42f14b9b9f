using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.AspNetCore;

/// <summary>What to ask once the object is loaded and its owner is known.</summary>
public static class OwnerChecks
{
    /// <summary>May the caller do this with an object of this owner? <c>:all</c> may with anybody's, <c>:own</c> with what belongs to <c>sub</c>.</summary>
    /// <param name="authorization">The authorization of the application.</param>
    /// <param name="caller">The principal of the access token.</param>
    /// <param name="permission"><c>resource:action</c>.</param>
    /// <param name="ownerId">The <c>sub</c> of the owner; null: the object is nobody's own.</param>
    public static async Task<bool> MayAsync(this IAuthorizationService authorization, ClaimsPrincipal caller, string permission, string? ownerId)
    {
        ArgumentNullException.ThrowIfNull(authorization);
        return (await authorization.AuthorizeAsync(caller, new Owner(ownerId), [new PermissionRequirement(permission)])).Succeeded;
    }

    /// <summary>
    /// The answer to a caller who may not: 404, as if the object did not exist, to whoever may not see it either; 403
    /// <c>insufficient_scope</c> to whoever may. Answer 404 for what does not exist with the same words.
    /// </summary>
    /// <param name="authorization">The authorization of the application.</param>
    /// <param name="caller">The principal of the access token.</param>
    /// <param name="permission">What the caller wants to do: <c>resource:action</c>.</param>
    /// <param name="ownerId">The <c>sub</c> of the owner; null: the object is nobody's own.</param>
    /// <param name="toSee">The permission with which somebody may see that the object exists; null: nobody is told.</param>
    /// <returns>Null when the caller may.</returns>
    public static async Task<IResult?> RefuseAsync(this IAuthorizationService authorization, ClaimsPrincipal caller, string permission, string? ownerId, string? toSee = null)
    {
        if (await authorization.MayAsync(caller, permission, ownerId))
            return null;
        return toSee is not null && await authorization.MayAsync(caller, toSee, ownerId) ? new InsufficientScope(new PermissionRequirement(permission)) : Results.NotFound();
    }
}
