using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Mfa;

/// <summary>
/// /mfa/set-up: the first second factor, in the middle of a sign-in that needs one. Open only to people who have none: else
/// whoever learns a password would give themselves the factor that is missing.
/// </summary>
internal sealed class SetUpPage(ReturnTicket tickets, SessionStore sessions, SecondFactors factors, SecondFactorPolicy policy, AuthenticatorEnrolment enrolment) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    [BindProperty(Name = "enrolment")]
    public string? Sealed { get; set; }

    [BindProperty(Name = "code")]
    public string? Code { get; set; }

    public string ClientName { get; private set; } = "";
    public EnrolmentForm Enrolment { get; private set; } = null!;

    /// <summary>Shown once, in the answer that made them.</summary>
    public IReadOnlyList<string> RecoveryCodes { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not var (waiting, session))
            return ExpiredTicket.Show(this);
        if (await ElsewhereAsync(waiting, session, ct) is { } elsewhere)
            return elsewhere;
        Enrolment = enrolment.Begin(session);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not var (waiting, session))
            return ExpiredTicket.Show(this);
        if (await ElsewhereAsync(waiting, session, ct) is { } elsewhere)
            return elsewhere;
        if (enrolment.Again(session, Sealed) is not { } form)
            return new SeeOtherPage($"/mfa/set-up?ticket={waiting.Ticket}");
        Enrolment = form;
        if (string.IsNullOrWhiteSpace(Code))
            return Refuse("Enter the code that the app shows");

        var (outcome, codes) = await enrolment.AddAsync(HttpContext, session, Sealed, Code, "Authenticator app", ct);
        if (outcome == EnrolmentOutcome.WrongCode)
            return Refuse("This code is not right. Enter the one that the app shows now, and check that your phone’s clock is set automatically");
        RecoveryCodes = codes;
        return codes.Count > 0 ? Page() : HandOver.To(this, waiting.ReturnUrl);
    }

    public async Task<IActionResult> OnPostSavedAsync(CancellationToken ct) =>
        await LoadAsync(ct) is var (waiting, _) ? HandOver.To(this, waiting.ReturnUrl) : ExpiredTicket.Show(this);

    /// <summary>Null when a factor is to be set up here and now.</summary>
    private async Task<IActionResult?> ElsewhereAsync(WaitingRequest waiting, Session session, CancellationToken ct)
    {
        var wanted = WantedAcr.Of(waiting.Request, waiting.Client);
        var back = new SeeOtherPage(waiting.ReturnUrl);
        var overdue = !session.IsMultiFactor && await policy.IsOverdueAsync(session.UserId, ct);
        if ((wanted.IsMetBy(session) && !overdue) || !WantedAcr.IsFresh(session, waiting.StartedAt))
            return back;
        var appHelps = Acr.Reaches(Acr.MultiFactor, wanted.Acr);
        if (!await factors.HasAnyAsync(session.UserId, ct) && (session.CompletedAt is null || overdue || appHelps))
        {
            if ((appHelps && wanted.Acr != Acr.Password) || await policy.IsRequiredAsync(session.UserId, ct))
                return null;

            // The last factor was removed while this sign-in waited for it: nothing is due any more.
            await sessions.CompleteAsync(HttpContext, session, [], ct);
            return back;
        }

        if (session.CompletedAt is not null && wanted.Essential && (await factors.OfAsync(session.UserId, wanted.Acr, ct)).Count == 0)
            await tickets.RefuseAsync(waiting.Ticket, "unmet_authentication_requirements", ct);
        return back;
    }

    private PageResult Refuse(string words)
    {
        ModelState.AddModelError("code", words);
        return Page();
    }

    private async Task<(WaitingRequest Waiting, Session Session)?> LoadAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } waiting || await sessions.FindBegunAsync(HttpContext, ct) is not { } session)
            return null;
        ClientName = waiting.ClientName;
        return (waiting, session);
    }
}
