using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Mfa;

/// <summary>/mfa: the code of the authenticator app.</summary>
internal sealed class MfaPage(ReturnTicket tickets, SessionStore sessions, TotpChallenge totp, IOptions<RateLimitsOptions> limits) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    [BindProperty(Name = "code")]
    public string? Code { get; set; }

    public string ClientName { get; private set; } = "";
    public string AccountName { get; private set; } = "";

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
                await sessions.AddFactorAsync(HttpContext, session, "otp", ct);
                return HandOver.To(this, waiting.ReturnUrl);
            case TotpOutcome.AlreadyUsed:
                return Refuse("This code was used before. Wait for the next one and enter it");
            case TotpOutcome.TooManyAttempts:
                Response.Headers.RetryAfter = RetryLater.Seconds(limits.Value.OtpPerUser.Window);
                return Refuse($"Too many attempts. Try again in {Duration.InWords(limits.Value.OtpPerUser.Window)}", StatusCodes.Status429TooManyRequests);
            default:
                return Refuse("This code is not right. Check your authenticator app and enter the code it shows now");
        }
    }

    /// <summary>Somebody without a second factor came here because the request insists on one.</summary>
    private async Task<IActionResult> NextAsync(WaitingRequest waiting, Session session, CancellationToken ct)
    {
        if (await totp.IsEnrolledAsync(session.UserId, ct))
            return Page();
        await tickets.RefuseAsync(waiting.Ticket, "unmet_authentication_requirements", ct);
        return new SeeOtherPage(waiting.ReturnUrl);
    }

    private PageResult Refuse(string words, int status = StatusCodes.Status200OK)
    {
        ModelState.AddModelError("code", words);
        var page = Page();
        page.StatusCode = status;
        return page;
    }

    private async Task<(WaitingRequest Waiting, Session Session)?> LoadAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } waiting || await sessions.FindAsync(HttpContext, ct) is not { } session)
            return null;
        ClientName = waiting.ClientName;
        AccountName = session.User.DisplayName;
        return (waiting, session);
    }
}
