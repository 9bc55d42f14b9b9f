using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// What our own API asks of a caller. The scheme itself is in Tokens; a room that has an endpoint names the policy and knows no
/// more of it.
/// </summary>
internal static class BearerTokens
{
    public const string Scheme = "Bearer";

    /// <summary>An access token for this server that carries the scope.</summary>
    public static AuthorizationPolicy Policy(string scope) => new AuthorizationPolicyBuilder(Scheme)
        .RequireAuthenticatedUser()
        .RequireAssertion(context => HasScope(context.User, scope))
        .Build();

    public static bool HasScope(ClaimsPrincipal token, string scope) =>
        token.FindAll("scope").Any(claim => claim.Value.Split(' ').Contains(scope, StringComparer.Ordinal));

    /// <summary>The person the token speaks of; null where a client speaks for itself.</summary>
    public static Guid? PersonOf(ClaimsPrincipal token) =>
        token.FindFirst("grant_id") is not null && Guid.TryParse(token.FindFirst("sub")?.Value, out var id) ? id : null;
}
