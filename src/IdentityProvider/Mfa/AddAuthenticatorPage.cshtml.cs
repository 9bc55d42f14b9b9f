using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Mfa;

/// <summary>
/// /account/authenticators/add: one more app. The form is only given out after a fresh sign-in and holds for its session and
/// half an hour, so that nobody loses a scanned code to the clock while typing it.
/// </summary>
[SignedInPage]
internal sealed class AddAuthenticatorPage(SessionStore sessions, AuthenticatorEnrolment enrolment) : PageModel
{
    [BindProperty(Name = "enrolment")]
    public string? Sealed { get; set; }

    [BindProperty(Name = "code")]
    public string? Code { get; set; }

    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    public EnrolmentForm Enrolment { get; private set; } = null!;

    /// <summary>Shown once, in the answer that made them.</summary>
    public IReadOnlyList<string> RecoveryCodes { get; private set; } = [];

    [FreshSignIn]
    public async Task OnGetAsync(CancellationToken ct)
    {
        Enrolment = enrolment.Begin((await sessions.FindAsync(HttpContext, ct))!);
        Name = "Authenticator app";
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        if (enrolment.Again(session, Sealed) is not { } form)
            return new SeeOtherPage("/account/authenticators/add");
        Enrolment = form;
        if (string.IsNullOrWhiteSpace(Code))
            ModelState.AddModelError("code", "Enter the code that the app shows");
        if (AuthenticatorName.Problem(Name) is { } problem)
            ModelState.AddModelError("name", problem);
        if (!ModelState.IsValid)
            return Page();

        var (outcome, codes) = await enrolment.AddAsync(HttpContext, session, Sealed, Code!, Name!.Trim(), ct);
        switch (outcome)
        {
            case EnrolmentOutcome.Added when codes.Count > 0:
                RecoveryCodes = codes;
                return Page();
            case EnrolmentOutcome.WrongCode:
                ModelState.AddModelError("code", "This code is not right. Enter the one that the app shows now, and check that your phone’s clock is set automatically");
                return Page();
            default:
                return new SeeOtherPage(outcome == EnrolmentOutcome.Added ? "/account/authenticators?done=added" : "/account/authenticators");
        }
    }
}
