using System.Security.Claims;
using System.Text.Encodings.Web;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys;

/// <summary>
/// A key at our own API, sent as a bearer token in the header. It may do what its scopes and permissions say, and nothing that wants
/// somebody to have signed in just now.
/// </summary>
internal sealed class ApiKeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder, ApiKeyGate gate, IOptions<IdentityProviderOptions> root)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    public const string SchemeName = "ApiKey";

    private TimeSpan? retryAfter;

    /// <summary>The scheme for a request whose bearer token looks like a key; null for all others.</summary>
    public static string? Selects(HttpContext http) => ApiKeySecret.IsOne(Sent(http)) ? SchemeName : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var route = (Context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? Request.Path.Value ?? "";
        var use = await gate.UseAsync(Sent(Context), Context.Connection.RemoteIpAddress, $"{Request.Method} {route}", Context.RequestAborted);
        retryAfter = use.RetryAfter;
        return use.Key is { } key
            ? AuthenticateResult.Success(new AuthenticationTicket(ApiKeyPrincipal.Of(key), SchemeName))
            : AuthenticateResult.Fail("The key is none of this server, has ended, or is not for this address.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        retryAfter is { } wait ? ErrorResponses.TooManyAsync(Context, wait) : BearerTokens.ChallengeAsync(Context, root.Value.Issuer, wasSent: true);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => BearerTokens.ForbidAsync(Context, root.Value.Issuer);

    private static string? Sent(HttpContext http) =>
        http.Request.Headers.Authorization is [{ } header] && header.StartsWith(BearerTokens.Prefix, StringComparison.OrdinalIgnoreCase) ? header[BearerTokens.Prefix.Length..].Trim() : null;
}

/// <summary>The owner of a key, as far as the key goes.</summary>
internal static class ApiKeyPrincipal
{
    public static ClaimsPrincipal Of(KnownKey key) => new(new ClaimsIdentity(
        [
            new Claim("sub", key.UserId.ToString()),
            new Claim("scope", string.Join(' ', key.Scopes)),
            new Claim("api_key_id", key.Id.ToString()),
            .. key.Permissions.Select(permission => new Claim(BearerTokens.Permissions, permission)),
        ],
        BearerTokens.ApiKey, "name", "roles"));
}
