using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Device;

/// <summary>A code is short, so guessing is slow (RFC 8628 section 5.1): some tries an hour for each network and each session.</summary>
internal sealed class UserCodes(RateLimiter limiter, SessionStore sessions, IOptions<RateLimitsOptions> limits)
{
    public async Task<LimitLease> TryAsync(HttpContext http, CancellationToken ct)
    {
        var lease = await limiter.TryAcquireAsync("user-code", limits.Value.UserCodePerAddress, ClientAddress.Of(http), ct);
        return lease.Acquired && await sessions.FindAsync(http, ct) is { } session
            ? await limiter.TryAcquireAsync("user-code-session", limits.Value.UserCodePerSession, session.Id.ToString("N"), ct)
            : lease;
    }
}

/// <summary>
/// What the engine sees of a request to the device page: the code stored under the ticket, or a code that may still be tried.
/// A code beyond the limit is taken away before it is looked up, so that the answer cannot depend on it.
/// </summary>
internal sealed class UserCodeRequest(ReturnTicket tickets, UserCodes codes) : IOpenIddictServerHandler<ExtractEndUserVerificationRequestContext>
{
    /// <summary>Where the page finds that the limit is reached.</summary>
    public const string Throttled = "user_code_throttled";

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ExtractEndUserVerificationRequestContext>()
            .UseScopedHandler<UserCodeRequest>()
            .SetOrder(OpenIddictServerAspNetCoreHandlers.ExtractGetOrPostRequest<ExtractEndUserVerificationRequestContext>.Descriptor.Order + 500)
            .Build();

    public async ValueTask HandleAsync(ExtractEndUserVerificationRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        var request = context.Request!;
        if (http.Request.Query["ticket"].ToString() is { Length: > 0 } ticket)
        {
            var waiting = await tickets.FindAsync(ticket, http.RequestAborted);
            http.Items[typeof(WaitingRequest)] = waiting;
            request.UserCode = waiting is { Kind: RequestKind.Device } ? waiting.Request.UserCode : null;
            return;
        }

        if (string.IsNullOrWhiteSpace(request.UserCode))
            return;
        var lease = await codes.TryAsync(http, http.RequestAborted);
        if (lease.Acquired)
            return;
        request.UserCode = null;
        http.Items[Throttled] = lease.RetryAfter;
    }
}
