using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace IdentityProvider.Tests.Federation;

/// <summary>
/// A provider that a test can get everything wrong with: OpenID Connect by its discovery document, and the endpoints that Google and
/// plain OAuth 2.0 have. It checks what it is sent as a real one would: PKCE, the secret, each code once.
/// </summary>
internal sealed class Peer : IAsyncDisposable
{
    public const string ClientId = "us", Secret = "the-secret-at-the-peer-of-more-than-256-bits";
    private readonly WebApplication app;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> codes = [];
    private ECDsaSecurityKey key = NewKey();

    private Peer(WebApplication app, Uri issuer, TimeProvider clock) => (this.app, Issuer, this.clock) = (app, issuer.ToString().TrimEnd('/'), clock);

    public string Issuer { get; }

    /// <summary>What it says of the person, in the ID token and to whoever asks with the token.</summary>
    public Dictionary<string, object> Person { get; set; } = [];

    /// <summary>Whoever is asked with max_age must say when the person signed in, as OpenID Connect Core 1.0 section 2 has it.</summary>
    public bool SaysWhen { get; set; } = true;

    /// <summary>The token as it would be right, to be made wrong.</summary>
    public Func<SecurityTokenDescriptor, string>? Token { get; set; }

    /// <summary>Answers the token endpoint in its place.</summary>
    public Func<HttpContext, Task>? TokenEndpoint { get; set; }

    public int Discoveries { get; private set; }

    public ECDsaSecurityKey Key => key;

    /// <summary>From now on signs with another key, and publishes that alone.</summary>
    public void Rotate() => key = NewKey();

    public static async Task<Peer> StartAsync(TimeProvider clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var issuer = new Uri($"http://127.0.0.1:{IdpHost.FreePort()}");
        builder.WebHost.UseUrls(issuer.ToString());
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var peer = new Peer(app, issuer, clock);
        app.MapGet("/.well-known/openid-configuration", () =>
        {
            peer.Discoveries++;
            return peer.Describe(peer.Issuer);
        });

        // As Entra ID does for everybody's tenants.
        app.MapGet("/common/v2.0/.well-known/openid-configuration", () => peer.Describe($"{peer.Issuer}/{{tenantid}}/v2.0"));
        app.MapGet("/jwks", () =>
        {
            var p = peer.key.ECDsa.ExportParameters(false);
            return Results.Json(new { keys = new[] { new { kty = "EC", crv = "P-256", alg = "ES256", kid = peer.key.KeyId, x = Base64Url.EncodeToString(p.Q.X), y = Base64Url.EncodeToString(p.Q.Y) } } });
        });
        app.MapGet("/authorize", peer.Authorize);
        app.MapPost("/token", peer.RedeemAsync);
        app.MapGet("/userinfo", (HttpContext http) => http.Request.Headers.Authorization == "Bearer access" ? Results.Json(peer.Person) : Results.Unauthorized());
        await app.StartAsync();
        return peer;
    }

    /// <summary>Where the browser goes after the person has signed in here.</summary>
    public static async Task<Uri> AnswerAsync(HttpClient http, Uri authorize)
    {
        using var response = await http.GetAsync(authorize);
        return response.Headers.Location!;
    }

    private IResult Describe(string issuer) => Results.Json(new
    {
        issuer,
        authorization_endpoint = $"{Issuer}/authorize",
        token_endpoint = $"{Issuer}/token",
        jwks_uri = $"{Issuer}/jwks",
        userinfo_endpoint = $"{Issuer}/userinfo",
        end_session_endpoint = $"{Issuer}/endsession",
    });

    /// <summary>A logout token as it would be right (OpenID Connect Back-Channel Logout 1.0 section 2.4), to be made wrong.</summary>
    public SecurityTokenDescriptor LogoutToken(string? subject, string? sid)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>
        {
            ["jti"] = Guid.CreateVersion7().ToString(),
            ["events"] = new Dictionary<string, object> { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>() },
        };
        if (subject is not null)
            claims["sub"] = subject;
        if (sid is not null)
            claims["sid"] = sid;
        return new SecurityTokenDescriptor { TokenType = "logout+jwt", Issuer = Issuer, Audience = ClientId, Claims = claims, IssuedAt = now, Expires = now.AddMinutes(2), SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256) };
    }

    private IResult Authorize(HttpContext http)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        codes[code] = http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        return Results.Redirect($"{http.Request.Query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(http.Request.Query["state"]!)}");
    }

    private async Task RedeemAsync(HttpContext http)
    {
        if (TokenEndpoint is not null)
        {
            await TokenEndpoint(http);
            return;
        }

        var form = await http.Request.ReadFormAsync();
        if (!codes.TryRemove(form["code"].ToString(), out var asked) || form["client_secret"] != Secret || form["redirect_uri"] != asked["redirect_uri"]
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked["code_challenge"])
        {
            await Results.Json(new { error = "invalid_grant", error_description = "<script>alert(1)</script>" }, statusCode: 400).ExecuteAsync(http);
            return;
        }

        if (!asked.ContainsKey("nonce"))
        {
            // Plain OAuth 2.0.
            await Results.Json(new { access_token = "access", token_type = "Bearer", expires_in = 300 }).ExecuteAsync(http);
            return;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>(Person) { ["nonce"] = asked.GetValueOrDefault("nonce") ?? "" };
        if (SaysWhen && asked.ContainsKey("max_age"))
            claims.TryAdd("auth_time", clock.GetUtcNow().ToUnixTimeSeconds());
        var right = new SecurityTokenDescriptor { Issuer = Issuer, Audience = ClientId, Claims = claims, IssuedAt = now, NotBefore = now, Expires = now.AddMinutes(5), SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256) };
        await Results.Json(new { access_token = "access", token_type = "Bearer", expires_in = 300, id_token = Token is null ? Sign(right) : Token(right) }).ExecuteAsync(http);
    }

    public static string Sign(SecurityTokenDescriptor token) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);

    public static ECDsaSecurityKey NewKey() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = RandomNumberGenerator.GetHexString(8) };

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
