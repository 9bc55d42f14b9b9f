using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// What our own API asks of a caller. The scheme itself is in Tokens; a room that has an endpoint names the policy and knows no
/// more of it.
/// </summary>
internal static class BearerTokens
{
    public const string Scheme = "Bearer", Prefix = "Bearer ";

    /// <summary>The claim with what a caller may do at most: one permission each.</summary>
    public const string Permissions = "permissions";

    /// <summary>The kind of identity that stands for an API key. No token can carry it: it is said by who checked the key.</summary>
    public const string ApiKey = "ApiKey";

    /// <summary>The claim that names the service account a client acts for; such a token comes of no grant of a person.</summary>
    public const string ServiceAccount = "service_account";

    public static bool IsApiKey(ClaimsPrincipal caller) => caller.Identity?.AuthenticationType == ApiKey;

    /// <summary>An access token for this server that carries the scope.</summary>
    public static AuthorizationPolicy Policy(string scope) => new AuthorizationPolicyBuilder(Scheme)
        .RequireAuthenticatedUser()
        .RequireAssertion(context => HasScope(context.User, scope))
        .Build();

    /// <summary>An access token for this server that carries a scope of each set.</summary>
    public static AuthorizationPolicy Policy(RequiredScopes required) => new AuthorizationPolicyBuilder(Scheme)
        .RequireAuthenticatedUser()
        .RequireAssertion(context => required.Sets.All(set => set.Any(scope => HasScope(context.User, scope))))
        .Build();

    public static bool HasScope(ClaimsPrincipal token, string scope) =>
        token.FindAll("scope").Any(claim => claim.Value.Split(' ').Contains(scope, StringComparer.Ordinal));

    /// <summary>The person the token or key speaks of, or the service account; null where a client speaks for itself.</summary>
    public static Guid? PersonOf(ClaimsPrincipal token) =>
        IsApiKey(token) || token.FindFirst("grant_id") is not null ? Guid.TryParse(token.FindFirst("sub")?.Value, out var id) ? id : null : ServiceAccountOf(token);

    /// <summary>The account for which the client that got the token acts by itself.</summary>
    public static Guid? ServiceAccountOf(ClaimsPrincipal token) =>
        !IsApiKey(token) && token.FindFirst("grant_id") is null && Guid.TryParse(token.FindFirst(ServiceAccount)?.Value, out var id) ? id : null;

    /// <summary>401 (RFC 6750 section 3.1). Who sent nothing learns of no error.</summary>
    public static Task ChallengeAsync(HttpContext http, string issuer, bool wasSent)
    {
        http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{issuer}\"" + (wasSent ? ", error=\"invalid_token\"" : "");
        return ErrorResponses.WriteAsync(http, new ErrorInfo(StatusCodes.Status401Unauthorized, "invalid_token", "This needs an access token of this server for this server, in the Authorization header."));
    }

    /// <summary>403 (RFC 6750 section 3.1).</summary>
    public static Task ForbidAsync(HttpContext http, string issuer)
    {
        http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{issuer}\", error=\"insufficient_scope\""
            + (http.GetEndpoint()?.Metadata.GetMetadata<RequiredScopes>() is { } required ? $", scope=\"{string.Join(' ', required.Sets.Select(set => set[0]))}\"" : "");
        return ErrorResponses.WriteAsync(http, new ErrorInfo(StatusCodes.Status403Forbidden, "insufficient_scope", "The token does not carry the scope that this needs."));
    }
}

/// <summary>What an endpoint asks of the scope of a token: one of each set, of which the least comes first.</summary>
internal sealed record RequiredScopes(IReadOnlyList<IReadOnlyList<string>> Sets);
