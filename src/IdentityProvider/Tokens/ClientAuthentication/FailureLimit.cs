using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.ClientAuthentication;

/// <summary>Refuses a client and address that failed too often, before its secret is looked at.</summary>
internal sealed class FailureLimit(FailureGate gate) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    public const string Policy = "client-authentication";

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessAuthenticationContext>()
            .UseScopedHandler<FailureLimit>()
            .SetOrder(OpenIddictServerHandlers.ValidateAuthenticationDemand.Descriptor.Order + 500)
            .Build();

    public ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        if (KeyOf(http, context.Request?.ClientId) is { } key && gate.IsClosed(Policy, key, out var retryAfter))
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
        if (context.Error != Errors.InvalidClient || FailureLimit.KeyOf(http, context.Transaction.Request?.ClientId) is not { } key || gate.IsClosed(FailureLimit.Policy, key, out _))
            return;
        await gate.FailedAsync(FailureLimit.Policy, limits.Value.ClientAuthenticationFailures, key, http.RequestAborted);
    }
}
