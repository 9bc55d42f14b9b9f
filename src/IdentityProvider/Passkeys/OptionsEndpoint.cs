using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Passkeys;

/// <summary>
/// POST /passkey/options: a fresh challenge for the sign-in page. The script asks for it, so that pages nobody answers with a
/// passkey store nothing, and a page left open overnight still has one that holds.
/// </summary>
internal static class OptionsEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext http, Assertion assertion, RateLimiter limiter, IOptions<RateLimitsOptions> limits, CancellationToken ct)
    {
        var lease = await limiter.TryAcquireAsync("passkey-challenges", limits.Value.PasskeyChallengesPerAddress, ClientAddress.Of(http), ct);
        if (!lease.Acquired)
            return new TooManyResult(lease.RetryAfter);

        var question = await assertion.AskAnybodyAsync(http, ct);
        return Results.Json(new { options = question.Options, challenge = question.Challenge });
    }
}
