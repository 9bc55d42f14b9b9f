using System.Text.Json;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace IdentityProvider.Federation;

/// <summary>
/// POST /federation/{name}/backchannel-logout (OpenID Connect Back-Channel Logout 1.0 section 2.5 to 2.8): the provider says that somebody
/// signed out there, and the sessions here that came from it end. 200 when it was heard, also when no session was left; 400 with
/// <c>invalid_request</c> for whatever is not a logout token of this provider, 429 for who sends too many of those.
/// </summary>
internal sealed class BackchannelLogout(Store db, SessionEnd sessions, RateLimiter limiter, IOptions<RateLimitsOptions> limits, EventLog events, TimeProvider clock)
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";
    private const int MaxToken = 16 * 1024, MaxJti = 255;
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);
    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = MaxToken };

    public static async Task<IResult> HandleAsync(string name, HttpContext http, ProviderCatalog catalog, BackchannelLogout logout, CancellationToken ct)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (catalog.Find(name) is not { IsOffered: true, Options: OpenIdConnectOptions options } provider)
            return Refused("This provider does not sign anybody out here.");
        if (http.Request.ContentLength is not <= MaxToken + 1024 || !http.Request.HasFormContentType)
            return Refused("Send a form with logout_token, of at most 16 kB.");
        var form = await http.Request.ReadFormAsync(ct);
        return await logout.ReceiveAsync(http, provider, options, form["logout_token"].ToString(), ct);
    }

    private async Task<IResult> ReceiveAsync(HttpContext http, KnownProvider provider, OpenIdConnectOptions options, string token, CancellationToken ct)
    {
        if (await ReadAsync(options, token) is { } said)
            return await EndAsync(provider, said, ct) ? Results.Ok() : await RefuseAsync(http, provider, "used", "The logout token was used before.", ct);
        return await RefuseAsync(http, provider, "invalid", "The logout token is not one of this provider for this client, or is not valid now.", ct);
    }

    /// <summary>Only what is wrong is counted: a provider may sign out many people at once.</summary>
    private async Task<IResult> RefuseAsync(HttpContext http, KnownProvider provider, string reason, string description, CancellationToken ct)
    {
        events.Raise(new LogoutTokenRefused(provider.Row.Name, reason));
        var lease = await limiter.TryAcquireAsync("logout-token", limits.Value.ClientAuthenticationFailures, ClientAddress.Of(http), ct);
        return lease.Acquired ? Refused(description) : new TooManyResult(lease.RetryAfter);
    }

    private static ErrorResult Refused(string description) => new(new ErrorInfo(StatusCodes.Status400BadRequest, "invalid_request", description));

    /// <summary>What a right one says; null for any other.</summary>
    private async Task<Said?> ReadAsync(OpenIdConnectOptions options, string token)
    {
        if (token.Length is 0 or > MaxToken)
            return null;

        // The same issuer, audience, keys and algorithms as for its ID tokens, and a type that no ID token has.
        var rules = options.TokenValidationParameters.Clone();
        rules.ValidAudience = options.ClientId;
        rules.ConfigurationManager = options.ConfigurationManager as BaseConfigurationManager;
        rules.ValidTypes = ["logout+jwt", "application/logout+jwt"];
        rules.RequireExpirationTime = rules.RequireSignedTokens = true;
        if (await Handler.ValidateTokenAsync(token, rules) is not { IsValid: true, SecurityToken: JsonWebToken jwt })
            return null;
        var now = clock.GetUtcNow().UtcDateTime;
        if (!jwt.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Iat, out _) || jwt.IssuedAt > now + ProviderOptions.ClockSkew || jwt.IssuedAt < now - MaxAge)
            return null;
        if (jwt.Id is not { Length: > 0 and <= MaxJti } jti || jwt.Claims.Any(claim => claim.Type == JwtRegisteredClaimNames.Nonce)
            || !jwt.TryGetPayloadValue<JsonElement>("events", out var happened) || happened.ValueKind != JsonValueKind.Object
            || !happened.TryGetProperty(Event, out var about) || about.ValueKind != JsonValueKind.Object)
            return null;
        var sid = jwt.TryGetPayloadValue<string>("sid", out var session) ? session : null;
        var subject = string.IsNullOrEmpty(jwt.Subject) ? null : jwt.Subject;
        return sid is null && subject is null ? null : new Said(jwt.Issuer, subject, sid, jti);
    }

    /// <summary>Ends them, once; false when this token did before. Both in one transaction, so that one that failed can be sent again.</summary>
    private async Task<bool> EndAsync(KnownProvider provider, Said said, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var until = clock.GetUtcNow() + MaxAge + (2 * ProviderOptions.ClockSkew);
        if (!await SpentIdentifier.TrySpendAsync(db, SpentIdentifier.KeyOf("logout-token", provider.Row.Name, $"{said.Issuer}\n{said.Jti}"), until, ct))
            return false;
        var theirs = db.Set<UpstreamSession>().Where(s => s.ProviderId == provider.Row.Id && s.Issuer == said.Issuer);
        if (said.Subject is { } subject)
            theirs = theirs.Where(s => s.Subject == subject);
        if (said.Sid is { } sid)
            theirs = theirs.Where(s => s.Sid == sid);

        // As when the person leaves the browser here: grants of apps that outlive it stay (section 2.7).
        var ended = await sessions.EndAsync(db.Set<Session>().Where(s => theirs.Any(t => t.SessionId == s.Id)), "signed_out_elsewhere", OfflineAccess.StaysIfRegistered, ct);
        events.Record(db, new SignedOutElsewhere(provider.Row.Name, ended));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private sealed record Said(string Issuer, string? Subject, string? Sid, string Jti);
}
