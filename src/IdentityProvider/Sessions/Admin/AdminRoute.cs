using System.Security.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions.Admin;

/// <summary>
/// What every route of the admin API asks of its caller: an access token for this server with the scope of the area
/// (<c>urn:identityprovider:admin:users:read</c>) or of all of it (<c>urn:identityprovider:admin</c>), of somebody who holds the permissions now and signed in with two factors (else 401, RFC 9470),
/// and not too many calls (429).
/// </summary>
internal static class AdminRoute
{
    public static RouteHandlerBuilder ForAdministrators(this RouteHandlerBuilder route, params string[] permissions) => route.ForAdministrators(maxAge: null, permissions);

    /// <param name="route">The endpoint.</param>
    /// <param name="maxAge">How old the sign-in behind the token may be; null: as old as the token says.</param>
    /// <param name="permissions">All of which the caller must hold.</param>
    public static RouteHandlerBuilder ForAdministrators(this RouteHandlerBuilder route, TimeSpan? maxAge, params string[] permissions)
    {
        var scopes = new RequiredScopes([.. permissions.Select(AdminScopes.For)]);
        route.RequireAuthorization(BearerTokens.Policy(scopes)).WithMetadata(scopes).DisableAntiforgery();
        route.AddEndpointFilter(async (invocation, next) => await TooManyAsync(invocation.HttpContext) ?? await next(invocation));
        foreach (var permission in permissions)
            route.RequirePermission(permission);
        return route.RequireSignIn(maxAge).AddEndpointFilter(Idempotency.FilterAsync);
    }

    /// <summary>Who calls: of a route above there is always somebody.</summary>
    public static Guid ActorOf(ClaimsPrincipal token) => BearerTokens.PersonOf(token)!.Value;

    private static async Task<IResult?> TooManyAsync(HttpContext http)
    {
        var limits = http.RequestServices.GetRequiredService<IOptions<RateLimitsOptions>>().Value;
        var caller = http.User.FindFirst("sub")?.Value ?? "";
        var lease = await http.RequestServices.GetRequiredService<RateLimiter>().TryAcquireAsync("admin-api", limits.AdminApi, caller, http.RequestAborted);
        return lease.Acquired ? null : new TooManyResult(lease.RetryAfter);
    }
}
