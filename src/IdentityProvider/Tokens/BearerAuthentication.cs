using System.Security.Claims;
using System.Text.Encodings.Web;
using IdentityProvider.Clients;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Tokens;

/// <summary>
/// Our own API as a resource server (RFC 9068 section 4): an access token of ours whose audience is this server, from the header
/// and from nowhere else (RFC 6750 section 5.3), a JWT or a reference, refused at once when its grant, its person or itself is revoked.
/// </summary>
internal sealed class BearerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder, SigningKeyRing keys,
    IOptionsMonitor<OpenIddictServerOptions> engine, TokenLife life, TimeProvider clock, IOptions<IdentityProviderOptions> root)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    private const int MaxLength = 16 * 1024, MaxReferenceLength = 100;
    private static readonly JsonWebTokenHandler Tokens = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(BearerTokens.Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var token = header[BearerTokens.Prefix.Length..].Trim();
        var isReference = !token.Contains('.');
        if (isReference)
            token = await ContentOfAsync(token, Context.RequestAborted);
        var result = await Tokens.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = root.Value.Issuer,
            ValidAudience = root.Value.Issuer,
            ValidTypes = ["at+jwt"],

            // The library compares the algorithms that encrypt with this list too.
            ValidAlgorithms = isReference ? [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512] : [SecurityAlgorithms.EcdsaSha256],
            TokenDecryptionKeys = isReference ? engine.CurrentValue.EncryptionCredentials.Select(credentials => credentials.Key) : null,
            IssuerSigningKeys = keys.Published.Select(credentials => credentials.Key),
            LifetimeValidator = (_, expires, _, _) => expires > clock.GetUtcNow().UtcDateTime,
        });
        if (!result.IsValid)
            return AuthenticateResult.Fail("The token is not one of this server for this server, or has expired.");
        var identity = result.ClaimsIdentity;
        var principal = new ClaimsPrincipal(identity);
        if (!await life.IsAliveAsync(principal, Context.RequestAborted))
            return AuthenticateResult.Fail("The token has been revoked.");
        return AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));
    }

    /// <summary>What a reference stands for; nothing where it is none of ours, or was taken back.</summary>
    private async Task<string?> ContentOfAsync(string reference, CancellationToken ct)
    {
        if (reference.Length is 0 or > MaxReferenceLength)
            return null;
        var stored = Succession.Stored(reference);
        return await Context.RequestServices.GetRequiredService<Store>().Set<Token>()
            .Where(t => t.ReferenceId == stored && t.Type == TokenTypeIdentifiers.AccessToken && t.Status == Statuses.Valid).Select(t => t.Payload).FirstOrDefaultAsync(ct);
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        await BearerTokens.ChallengeAsync(Context, root.Value.Issuer, wasSent: !result.None);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => BearerTokens.ForbidAsync(Context, root.Value.Issuer);
}
