using IdentityProvider.Authorize;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Registration;

/// <summary>What the page is about.</summary>
internal enum VerifyStage
{
    Unsent,
    Waiting,
    Link,
    Elsewhere,
    Done,
    Gone,
}

/// <summary>
/// /verify: waits for the proof of an address, and takes it: by link where it was asked for, by code there too, and in another browser
/// by link and code. A GET never uses a link up.
/// </summary>
internal sealed class VerifyPage(
    EmailProofs proofs, ProofMails sending, CodeStore codes, BrowserCookie browsers, SessionStore sessions, ReturnTicket tickets, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty(Name = "code")]
    public string? Code { get; set; }

    [BindProperty(Name = "email")]
    public string? Email { get; set; }

    [BindProperty(Name = "password")]
    public string? Password { get; set; }

    public VerifyStage Stage { get; private set; } = VerifyStage.Gone;
    public string Address { get; private set; } = "";
    public string? Notice { get; private set; }
    public bool SignedIn => IsUnproven;

    /// <summary>Where to ask for another address.</summary>
    public string OtherPath => person is not null ? "/account/email" : Ticket is null ? "/register" : $"/register?ticket={Uri.EscapeDataString(Ticket)}";

    /// <summary>The account comes about with the proof.</summary>
    public bool IsNewAccount { get; private set; }

    /// <summary>Whose account gets the address.</summary>
    public string? AccountName { get; private set; }

    private bool IsUnproven => person is { EmailConfirmed: false, Email: not null };

    private User? person;
    private WaitingProof? waiting;

    public async Task<IActionResult> OnGetAsync([FromQuery(Name = "sent")] bool sent, CancellationToken ct)
    {
        await LoadAsync(ct);
        if (Token is null && Stage == VerifyStage.Gone && Ticket is not null)
            return await GoOnAsync(Ticket, ct);
        Notice = sent && Stage == VerifyStage.Waiting ? "Another mail is on its way." : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        if (Stage == VerifyStage.Elsewhere)
            return await CompleteElsewhereAsync(ct);
        if (Stage is not (VerifyStage.Link or VerifyStage.Waiting))
            return Page();
        var browser = browsers.Read(HttpContext);
        var found = Stage == VerifyStage.Link
            ? await codes.FindByLinkAsync(EmailProofs.Purpose, Token, browser, ct)
            : await codes.FindByCodeAsync(EmailProofs.Purpose, browser, Code, ct);
        if (found is null && Stage == VerifyStage.Waiting)
        {
            ModelState.AddModelError("code", string.IsNullOrWhiteSpace(Code) ? "Enter the code from the mail" : "This code is not right. Enter the one from the newest mail, or have another one sent");
            return Page();
        }

        if (found is null || await proofs.CompleteAsync(HttpContext, found, ct) is not { } user)
        {
            Stage = VerifyStage.Gone;
            return Page();
        }

        // Who registered typed the password in this very browser, a mail ago.
        var proof = EmailProofs.Read(found);
        if (proof.Account is not null)
            await sessions.StartAsync(HttpContext, user, "pwd", staySignedIn: false, ct);
        if (proof.UserId is not null && !IsUnproven)
            return new SeeOtherPage("/account?saved=email");
        return await GoOnAsync(proof.Ticket ?? Ticket, ct);
    }

    /// <summary>
    /// The link in a browser that asked for nothing. For a new account its password is wanted too: whoever registered with the address
    /// of somebody else must not get that person to prove it for them.
    /// </summary>
    private async Task<IActionResult> CompleteElsewhereAsync(CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(Code))
            ModelState.AddModelError("code", "Enter the code from the mail");
        if (IsNewAccount && string.IsNullOrEmpty(Password))
            ModelState.AddModelError("password", "Enter the password you chose");
        if (!ModelState.IsValid)
            return Page();
        if (await codes.FindByLinkAndCodeAsync(EmailProofs.Purpose, Token, browsers.Read(HttpContext), Code, ct) is not { } found || !await proofs.IsOfAsync(found, Password, ct))
        {
            ModelState.AddModelError("code", IsNewAccount ? "Code and password do not both fit. Try again, or go back to the browser in which you began" : "This code is not right. Enter the one from this mail");
            return Page();
        }

        var proof = EmailProofs.Read(found);
        var user = await proofs.CompleteAsync(HttpContext, found, ct);
        if (user is not null && proof.Account is not null)
        {
            await sessions.StartAsync(HttpContext, user, "pwd", staySignedIn: false, ct);
            return HandOver.To(this, "/account");
        }

        Stage = user is null ? VerifyStage.Gone : VerifyStage.Done;
        return Page();
    }

    public async Task<IActionResult> OnPostSendAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        if (Stage is not (VerifyStage.Unsent or VerifyStage.Waiting))
            return Page();
        Email = string.IsNullOrWhiteSpace(Email) || !IsUnproven ? null : Email.Trim();
        if (Email is not null && (!EmailAddress.IsValid(Email) || EmailAddress.IsDisguised(Email)))
            ModelState.AddModelError("email", "Enter an e-mail address like name@example.com");
        if (!ModelState.IsValid)
            return Page();
        var wait = waiting is not null && Email is null ? waiting.AskedAt + EmailProofs.AskAgainAfter - clock.GetUtcNow() : TimeSpan.Zero;
        if (wait <= TimeSpan.Zero)
        {
            var proof = waiting?.Proof ?? new EmailProof(person!.Email!) { UserId = person.Id, Ticket = Ticket, Language = person.Locale };
            wait = await sending.SendAsync(HttpContext, Email is null ? proof : proof with { Email = Email, Mailed = true }, ct);
            if (wait <= TimeSpan.Zero)
                return new SeeOtherPage(Ticket is null ? "/verify?sent=true" : $"/verify?ticket={Uri.EscapeDataString(Ticket)}&sent=true");
        }

        Notice = $"You can have another mail sent in {Duration.InWords(wait)}. Look into your spam folder meanwhile.";
        return Page();
    }

    private async Task<IActionResult> GoOnAsync(string? ticket, CancellationToken ct) =>
        HandOver.To(this, await tickets.FindAsync(ticket, ct) is { } request ? request.ReturnUrl : "/account");

    private async Task LoadAsync(CancellationToken ct)
    {
        person = (await sessions.FindAsync(HttpContext, ct))?.User;
        if (Token is not null)
        {
            if (await codes.FindByLinkAsync(EmailProofs.Purpose, Token, browsers.Read(HttpContext), ct) is not { } found)
                return;
            var proof = EmailProofs.Read(found);

            // Without more than the link an account that exists wants its person signed in; a new one comes about where it was asked for.
            Stage = (proof.UserId is null ? found.SameBrowser : proof.UserId == person?.Id) ? VerifyStage.Link : VerifyStage.Elsewhere;
            (Address, IsNewAccount) = (proof.Email, proof.Account is not null);
            AccountName = proof.UserId is { } id && Stage == VerifyStage.Elsewhere ? await proofs.NameAsync(id, ct) : null;
            return;
        }

        waiting = await proofs.WaitingAsync(HttpContext, ct);
        if (waiting?.Proof.UserId is { } forWhom ? forWhom != person?.Id : IsUnproven && UserNames.Normalize(waiting?.Proof.Email ?? "") != person!.NormalizedEmail)
            waiting = null;
        if (waiting is null && !IsUnproven)
            return;
        Stage = waiting is null ? VerifyStage.Unsent : VerifyStage.Waiting;
        Address = waiting?.Proof.Email ?? person!.Email!;
    }
}
