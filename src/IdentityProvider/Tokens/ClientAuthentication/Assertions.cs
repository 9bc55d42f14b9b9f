using System.Globalization;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.ClientAuthentication;

/// <summary>
/// Client assertions (RFC 7523): the type may be absent or JWT, which most libraries send; the audience may be the issuer or
/// the token endpoint; only asymmetric algorithms.
/// </summary>
internal sealed class AssertionParameters(IOptions<IdentityProviderOptions> options) : IOpenIddictServerHandler<ValidateTokenContext>
{
    private static readonly string[] Types = ["JWT", "client-authentication+jwt"];

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
            .UseScopedHandler<AssertionParameters>()
            .SetOrder(OpenIddictServerHandlers.Protection.ResolveTokenValidationParameters.Descriptor.Order + 500)
            .Build();

    public static bool AppliesTo(ValidateTokenContext context) =>
        context.ValidTokenTypes.Count == 1 && context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.ClientAssertion);

    public ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (!AppliesTo(context))
            return default;
        context.ValidAudiences.Add($"{options.Value.IssuerUri}connect/token");
        var parameters = context.TokenValidationParameters!;

        // An assertion that names its key means that one (RFC 7515 section 4.1.4); a key registered without a name may be any.
        var registered = parameters.IssuerSigningKeyResolver;
        parameters.IssuerSigningKeyResolver = (text, token, kid, validation) =>
            registered(text, token, kid, validation).Where(key => string.IsNullOrEmpty(kid) || string.IsNullOrEmpty(key.KeyId) || key.KeyId == kid);
        parameters.ValidAlgorithms =
        [
            SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
            SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
            SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        ];
        parameters.TypeValidator = static (type, _, _) => string.IsNullOrEmpty(type) || Types.Contains(type, StringComparer.OrdinalIgnoreCase)
            ? "client-authentication+jwt"
            : throw new SecurityTokenInvalidTypeException("The type of the client assertion is not one of a client assertion.") { InvalidType = type };
        return default;
    }
}

/// <summary>Who the assertion speaks for, how long it may live, and that it is used once, on every node.</summary>
internal sealed class AssertionRules(Store db, TimeProvider clock) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5), Skew = TimeSpan.FromSeconds(60);

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessAuthenticationContext>()
            .AddFilter<OpenIddictServerHandlerFilters.RequireClientAssertionPrincipal>()
            .UseScopedHandler<AssertionRules>()
            .SetOrder(OpenIddictServerHandlers.ValidateClientAssertionWellknownClaims.Descriptor.Order)
            .Build();

    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        var principal = context.ClientAssertionPrincipal!;
        var issuer = principal.GetClaim(ClaimNames.Issuer);
        if (Refusal(context, principal, issuer) is { } sentence)
        {
            context.Reject(Errors.InvalidClient, sentence);
            return;
        }

        context.Request!.ClientId ??= issuer;
        var expires = principal.GetExpirationDate()!.Value;
        var key = SpentIdentifier.KeyOf("assertion", issuer!, principal.GetClaim(ClaimNames.JwtId)!);
        var ct = context.Transaction.GetHttpRequest()!.HttpContext.RequestAborted;
        if (!await SpentIdentifier.TrySpendAsync(db, key, expires + Skew, ct))
            context.Reject(Errors.InvalidClient, "This client assertion has been used before. Sign a new one with a new 'jti'.");
    }

    private string? Refusal(ProcessAuthenticationContext context, System.Security.Claims.ClaimsPrincipal principal, string? issuer)
    {
        var now = clock.GetUtcNow();
        if (string.IsNullOrEmpty(issuer) || issuer != principal.GetClaim(ClaimNames.Subject))
            return "The 'iss' and 'sub' of a client assertion must both be the client_id.";
        if (context.ClientId is { Length: > 0 } clientId && clientId != issuer)
            return "The client assertion was made by another client than 'client_id' names.";
        if (principal.GetClaim(ClaimNames.JwtId) is not { Length: > 0 and <= 256 })
            return "The client assertion must have a 'jti' of at most 256 characters.";
        if (principal.GetExpirationDate() is not { } expires)
            return "The client assertion must have an 'exp'.";
        if (expires < now - Skew)
            return "The client assertion has expired.";
        if (expires > now + Longest + Skew)
            return "The client assertion may live for 5 minutes at most.";
        return NotBefore(principal) > now + Skew ? "The client assertion is not valid yet." : null;
    }

    private static DateTimeOffset? NotBefore(System.Security.Claims.ClaimsPrincipal principal) =>
        long.TryParse(principal.GetClaim(ClaimNames.NotBefore), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
