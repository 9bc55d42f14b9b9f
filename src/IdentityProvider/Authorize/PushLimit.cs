using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using Microsoft.AspNetCore;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Authorize;

/// <summary>A pushed request is a row that anybody can ask for: so many a minute for each client and network (RFC 9126 section 7.3).</summary>
internal sealed class PushLimit(RateLimiter limiter, IOptions<RateLimitsOptions> limits) : IOpenIddictServerHandler<ValidatePushedAuthorizationRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidatePushedAuthorizationRequestContext>()
            .UseScopedHandler<PushLimit>()
            .SetOrder(OpenIddictServerHandlers.Authentication.ValidatePushedAuthorizedParty.Descriptor.Order + 1000)
            .Build();

    public async ValueTask HandleAsync(ValidatePushedAuthorizationRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        var lease = await limiter.TryAcquireAsync("pushed-authorization", limits.Value.PushedAuthorization, $"{context.ClientId} {ClientAddress.Of(http)}", http.RequestAborted);
        if (lease.Acquired)
            return;
        RetryLater.Say(http, lease.RetryAfter);
        context.Reject(Errors.TemporarilyUnavailable, "Too many pushed requests. Wait as long as the Retry-After header says.");
    }
}
