using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Device;

/// <summary>
/// Polling at the agreed pace (RFC 8628 section 3.5): earlier is slow_down, and each slow_down adds five seconds. One
/// statement decides, so that of many parallel polls one gets an answer.
/// </summary>
internal sealed class PollGate(Store db, TimeProvider clock) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public const int FirstInterval = 5;
    private const int Step = 5;

    /// <summary>A client that keeps the interval may be a little early: its clock and the network are not ours.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
            .UseScopedHandler<PollGate>()
            .SetOrder(OpenIddictServerHandlers.Protection.ValidateTokenEntry.Descriptor.Order - 500)
            .Build();

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        // Introspection and revocation look at device codes too, and are no polls.
        if (context.EndpointType != OpenIddictServerEndpointType.Token || context.Principal!.GetTokenType() != TokenTypeIdentifiers.Private.DeviceCode || !Guid.TryParse(context.TokenId, out var id))
            return;

        // The engine looks at the presenter later: until then another client could slow this one down.
        if (!context.Principal!.HasPresenter(context.Transaction.Request!.ClientId ?? ""))
        {
            context.Reject(Errors.InvalidGrant, "The device code was given to another client.");
            return;
        }

        var ct = context.Transaction.GetHttpRequest()!.HttpContext.RequestAborted;
        var now = clock.GetUtcNow();
        var code = db.Set<Token>().Where(t => t.Id == id);
        var interval = await code.Select(t => t.PollInterval).FirstOrDefaultAsync(ct);
        var next = now + TimeSpan.FromSeconds(interval) - Tolerance;
        var passed = await code.Where(t => t.NextPollAt == null || t.NextPollAt <= now)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.NextPollAt, next), ct);
        if (passed == 1)
            return;

        await code.ExecuteUpdateAsync(set => set.SetProperty(t => t.PollInterval, t => t.PollInterval + Step).SetProperty(t => t.NextPollAt, next + TimeSpan.FromSeconds(Step)), ct);
        context.Reject(Errors.SlowDown, $"Polled too early. Wait {Step} seconds longer between polls than before.");
    }
}

/// <summary>Says the pace at the start (RFC 8628 section 3.2).</summary>
internal sealed class PollInterval : IOpenIddictServerHandler<ApplyDeviceAuthorizationResponseContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ApplyDeviceAuthorizationResponseContext>()
            .UseSingletonHandler<PollInterval>()
            .SetOrder(int.MinValue + 100_000)
            .Build();

    public ValueTask HandleAsync(ApplyDeviceAuthorizationResponseContext context)
    {
        if (context.Error is null)
            context.Response["interval"] = PollGate.FirstInterval;
        return default;
    }
}
