using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Mfa;

/// <summary>/mfa: the code of the authenticator app.</summary>
internal sealed class MfaPage(ReturnTicket tickets, SessionStore sessions, TotpChallenge totp, TrustedDevices devices, IOptions<RateLimitsOptions> limits)
    : SecondFactorPageModel(tickets, sessions, TotpFactor.Name)
{
    [BindProperty(Name = "code")]
    public string? Code { get; set; }

    /// <summary>Not to be asked here again for a while.</summary>
    [BindProperty(Name = "trust")]
    public string? Trust { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) is var (waiting, session)
        ? await NextAsync(waiting, session, ct)
        : ExpiredTicket.Show(this);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not var (waiting, session))
            return ExpiredTicket.Show(this);
        if (string.IsNullOrWhiteSpace(Code))
            return Refuse("Enter the code from your authenticator app");

        switch (await totp.CheckAsync(session.UserId, Code, ct))
        {
            case TotpOutcome.Right:
                if (await CompleteAsync(session, ["otp"], ct) && Trust == "true")
                    await devices.TrustAsync(HttpContext, session.UserId, ct);
                return HandOver.To(this, waiting.ReturnUrl);
            case TotpOutcome.AlreadyUsed:
                return Refuse("This code was used before. Wait for the next one and enter it");
            case TotpOutcome.TooManyAttempts:
                return Pause(limits.Value.OtpPerUser.Window);
            default:
                return Refuse("This code is not right. Check your authenticator app and enter the code it shows now");
        }
    }

    private async Task<IActionResult> NextAsync(WaitingRequest waiting, Session session, CancellationToken ct)
    {
        if (await totp.IsEnrolledAsync(session.UserId, ct))
            return Page();

        // Somebody without an app: the dispatcher knows what else there is to do.
        return new SeeOtherPage(waiting.ReturnUrl);
    }
}
