using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Samples.Bff;

/// <summary>The server says that a session ended (OpenID Connect Back-Channel Logout 1.0): here it ends too, whichever browser it was in.</summary>
internal static class BackChannelLogout
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    public static async Task<IResult> HandleAsync(HttpRequest request, Tickets tickets, IOptionsMonitor<OpenIdConnectOptions> options, ILogger<Tickets> log)
    {
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var client = options.Get(OpenIdConnectDefaults.AuthenticationScheme);
        var server = await client.ConfigurationManager!.GetConfigurationAsync(request.HttpContext.RequestAborted);
        var result = await Handler.ValidateTokenAsync(form["logout_token"], new TokenValidationParameters
        {
            ValidIssuer = server.Issuer,
            ValidAudience = client.ClientId,
            ValidTypes = ["logout+jwt"],
            ValidAlgorithms = ["RS256", "ES256", "PS256"],
            IssuerSigningKeys = server.SigningKeys,
        });

        // An ID token is no logout token: that one has the event and never a nonce (section 2.6).
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token || token.TryGetPayloadValue<object>("nonce", out _) || !HasEvent(token))
        {
            log.LogWarning("A logout token was refused: {Reason}", result.Exception?.Message ?? "it is none");
            return Results.BadRequest(new { error = "invalid_request" });
        }

        tickets.End(token.TryGetPayloadValue<string>("sid", out var sid) ? sid : null, token.Subject);
        log.LogInformation("A session was ended by the server");
        return Results.Ok();
    }

    private static bool HasEvent(JsonWebToken token)
    {
        using var payload = JsonDocument.Parse(Base64UrlEncoder.Decode(token.EncodedPayload));
        return payload.RootElement.TryGetProperty("events", out var events) && events.ValueKind == JsonValueKind.Object && events.TryGetProperty(Event, out _);
    }
}
