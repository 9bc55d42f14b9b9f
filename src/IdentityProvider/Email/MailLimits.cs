using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Email;

/// <summary>
/// How many mails strangers may have sent: by whom, and to whom. The address counts whether or not somebody has it, so that the
/// limit tells nobody anything.
/// </summary>
internal sealed class MailLimits(RateLimiter limiter, IOptions<RateLimitsOptions> limits)
{
    public async Task<LimitLease> TryAcquireAsync(HttpContext http, string normalizedAddress, CancellationToken ct)
    {
        var byNetwork = await limiter.TryAcquireAsync("mails", limits.Value.MailsPerAddress, ClientAddress.Of(http), ct);
        return byNetwork.Acquired ? await limiter.TryAcquireAsync("mails-to", limits.Value.MailsPerRecipient, normalizedAddress, ct) : byNetwork;
    }
}
