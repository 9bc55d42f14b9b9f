using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.ClientAuthentication;

/// <summary>Refuses a client and address that failed too often, before its secret is looked at.</summary>
internal sealed class FailureLimit(FailureGate gate) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    public const string Policy = "client-authentication";
    private static readonly JsonWebTokenHandler Reader = new();

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessAuthenticationContext>()
            .UseScopedHandler<FailureLimit>()
            .SetOrder(OpenIddictServerHandlers.ValidateAuthenticationDemand.Descriptor.Order + 500)
            .Build();

    public ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        if (KeyOf(http, ClaimedBy(context.Request)) is { } key && gate.IsClosed(Policy, key, out var retryAfter))
        {
            RetryLater.Say(http, retryAfter);
            context.Reject(Errors.InvalidClient, "Too many failed client authentications. Wait as long as the Retry-After header says.");
        }

        return default;
    }

    /// <summary>Null where the client does not authenticate.</summary>
    public static string? KeyOf(HttpContext http, string? clientId) =>
        HttpMethods.IsPost(http.Request.Method) && Routes.IsProtocol(http.Request.Path) && !Routes.IsInteractive(http.Request.Path) && clientId is { Length: > 0 }
            ? $"{clientId} {ClientAddress.Of(http)}"
            : null;

    /// <summary>Whom the request says it comes from; an assertion may be the only one to say it, and is not verified yet.</summary>
    public static string? ClaimedBy(OpenIddictRequest? request)
    {
        if (request?.ClientId is { Length: > 0 } clientId)
            return clientId;
        return request?.ClientAssertion is { Length: > 0 } assertion && Reader.CanReadToken(assertion) && Issuer(assertion) is { Length: > 0 and <= 100 } issuer ? issuer : null;
    }

    private static string? Issuer(string assertion)
    {
        try
        {
            return Reader.ReadJsonWebToken(assertion).Issuer;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>Counts a failed client authentication.</summary>
internal sealed class CountFailures(FailureGate gate, IOptions<RateLimitsOptions> limits) : IOpenIddictServerHandler<ProcessErrorContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessErrorContext>()
            .UseScopedHandler<CountFailures>()
            .SetOrder(OpenIddictServerHandlers.AttachErrorParameters.Descriptor.Order - 500)
            .Build();

    public async ValueTask HandleAsync(ProcessErrorContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        if (context.Error != Errors.InvalidClient || FailureLimit.KeyOf(http, FailureLimit.ClaimedBy(context.Transaction.Request)) is not { } key || gate.IsClosed(FailureLimit.Policy, key, out _))
            return;
        await gate.FailedAsync(FailureLimit.Policy, limits.Value.ClientAuthenticationFailures, key, http.RequestAborted);
    }
}
