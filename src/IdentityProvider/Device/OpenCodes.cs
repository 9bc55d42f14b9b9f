using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Device;

/// <summary>How many codes may be open: without a bound, strangers fill the table and make user codes easy to guess (RFC 8628 section 5.1).</summary>
internal sealed class OpenCodes(Store db, RateLimiter limiter, IOptions<RateLimitsOptions> limits, TimeProvider clock) : IOpenIddictServerHandler<ValidateDeviceAuthorizationRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateDeviceAuthorizationRequestContext>()
            .UseScopedHandler<OpenCodes>()
            .SetOrder(OpenIddictServerHandlers.Device.ValidateScopePermissions.Descriptor.Order + 1000)
            .Build();

    public async ValueTask HandleAsync(ValidateDeviceAuthorizationRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        var address = ClientAddress.Of(http);
        var ct = http.RequestAborted;
        var lease = await limiter.TryAcquireAsync("device-authorization", limits.Value.DeviceAuthorization, address, ct);
        if (!lease.Acquired)
        {
            Refuse(context, http, lease.RetryAfter, "Too many device codes asked for. Wait as long as the Retry-After header says.");
            return;
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var open = db.Set<Token>().Where(t => t.Type == TokenTypeIdentifiers.Private.DeviceCode && t.Status == Statuses.Inactive && t.ExpirationDate > now);
        if (await open.CountAsync(t => t.Address == address && t.Application!.ClientId == context.ClientId, ct) >= limits.Value.OpenDeviceCodesPerClientAndAddress
            || await open.CountAsync(ct) >= limits.Value.OpenDeviceCodes)
        {
            Refuse(context, http, TimeSpan.FromMinutes(1), "Too many device codes are open. Let some be used or expire first.");
        }
    }

    private static void Refuse(ValidateDeviceAuthorizationRequestContext context, HttpContext http, TimeSpan retryAfter, string sentence)
    {
        RetryLater.Say(http, retryAfter);
        context.Reject(Errors.SlowDown, sentence);
    }
}
