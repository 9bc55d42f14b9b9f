using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Passkeys;

/// <summary>/mfa/passkey: a passkey after the first factor.</summary>
internal sealed class SecondFactorPage(
    ReturnTicket tickets, SessionStore sessions, PasskeyFactor factor, SecondFactors factors, Assertion assertion, TrustedDevices devices, RateLimiter limiter, IOptions<RateLimitsOptions> limits)
    : SecondFactorPageModel(tickets, sessions, PasskeyFactor.Name)
{
    private const string Attempts = "second-factor:passkey";

    [BindProperty]
    public PasskeyAnswer Answer { get; set; } = new();

    /// <summary>Not to be asked here again for a while.</summary>
    [BindProperty(Name = "trust")]
    public string? Trust { get; set; }

    /// <summary>The person has nothing else to go on with.</summary>
    public bool IsOnly { get; private set; }

    /// <summary>What the authenticator is asked; null while too much was tried.</summary>
    public PasskeyQuestion? Question { get; private set; }

    /// <summary>Why the last try did not work.</summary>
    public string? Problem { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not var (waiting, session))
            return ExpiredTicket.Show(this);

        // Somebody without a passkey: the dispatcher knows what else there is to do.
        return await PurposeAsync(waiting, session, ct) is { } purpose ? await AskAsync(session, purpose, null, ct) : new SeeOtherPage(waiting.ReturnUrl);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not var (waiting, session))
            return ExpiredTicket.Show(this);
        if (await PurposeAsync(waiting, session, ct) is not { } purpose)
            return new SeeOtherPage(waiting.ReturnUrl);
        if (Answer.IsEmpty)
            return await AskAsync(session, purpose, "Passkeys need JavaScript and an up-to-date browser.", ct);

        // Counted apart from codes and passwords, like those of every other factor.
        if (await limiter.TryAcquireAsync(Attempts, limits.Value.OtpPerUser, session.UserId.ToString("N"), ct) is { Acquired: false, RetryAfter: var wait })
        {
            await assertion.StopAsync(purpose, session.User, ct);
            return Stop(wait);
        }

        switch (await assertion.CheckAsync(HttpContext, purpose, session.UserId, Answer, ct))
        {
            case AssertionResult.Proven proven:
                await limiter.ResetAsync(Attempts, session.UserId.ToString("N"), ct);
                if (await CompleteAsync(session, proven.Methods, ct) && Trust == "true")
                    await devices.TrustAsync(HttpContext, session.UserId, ct);
                return HandOver.To(this, waiting.ReturnUrl);
            case AssertionResult.Refused(RefusalReason.Challenge):
                return await AskAsync(session, purpose, "This took too long, or was tried before. Try again.", ct);
            case AssertionResult.Refused(RefusalReason.Unknown):
                return await AskAsync(session, purpose, "This passkey is not one of your account. Try another one.", ct);
            default:
                return await AskAsync(session, purpose, "This passkey could not be checked. Try again.", ct);
        }
    }

    /// <summary>Null when the person has none. Where the request wants what cannot be phished, the key has to verify them.</summary>
    private async Task<Purpose?> PurposeAsync(WaitingRequest waiting, Session session, CancellationToken ct) => await factor.AcrOfAsync(session.UserId, ct) switch
    {
        null => null,
        Acr.PhishingResistant when WantedAcr.Of(waiting.Request, waiting.Client).Acr == Acr.PhishingResistant => Purpose.VerifiedFactor,
        _ => Purpose.SecondFactor,
    };

    private async Task<IActionResult> AskAsync(Session session, Purpose purpose, string? problem, CancellationToken ct)
    {
        if (await limiter.TryAcquireAsync("passkey-challenges", limits.Value.PasskeyChallengesPerAddress, ClientAddress.Of(HttpContext), ct) is { Acquired: false, RetryAfter: var wait })
            return Stop(wait);
        Problem = problem;
        IsOnly = (await factors.OfAsync(session.UserId, Acr.Password, ct)).Count == 1;
        Question = await assertion.AskAsync(HttpContext, purpose, session.User, ct);
        ModelState.Clear();
        return Page();
    }

    private PageResult Stop(TimeSpan wait)
    {
        Response.Headers.RetryAfter = RetryLater.Seconds(wait);
        Problem = $"Too many attempts. Try again in {Duration.InWords(wait)}.";
        return Show(StatusCodes.Status429TooManyRequests);
    }
}
