using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Roles;

/// <summary>What an endpoint of our own API asks of the person that the access token speaks of.</summary>
internal static class RequiredPermission
{
    /// <summary>403 for everybody who does not hold the permission at the time of the request, whatever the token was issued with.</summary>
    public static RouteHandlerBuilder RequirePermission(this RouteHandlerBuilder route, string permission) => route.WithMetadata(new NeededPermission(permission)).AddEndpointFilter(async (invocation, next) =>
    {
        var http = invocation.HttpContext;
        if (BearerTokens.PersonOf(http.User) is not { } userId)
            return new ErrorResult(new ErrorInfo(StatusCodes.Status403Forbidden, "access_denied", "The token speaks of no person."));
        if (BearerTokens.IsApiKey(http.User) && !http.User.FindAll(BearerTokens.Permissions).Any(held => Permission.Implies(held.Value, permission)))
            return new ErrorResult(new ErrorInfo(StatusCodes.Status403Forbidden, "access_denied", $"The key was not given the permission {permission}."));
        return await http.RequestServices.GetRequiredService<UserRoles>().PermitAsync(userId, permission, http.RequestAborted)
            ? await next(invocation)
            : new ErrorResult(new ErrorInfo(StatusCodes.Status403Forbidden, "access_denied", $"This needs the permission {permission}."));
    });
}

/// <summary>What a route asks for, to be read.</summary>
internal sealed record NeededPermission(string Permission);
