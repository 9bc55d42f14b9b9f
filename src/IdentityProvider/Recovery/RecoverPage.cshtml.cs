using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Recovery;

/// <summary>/recover: asks for the address, says that a mail is on its way whoever has it, and takes the code from it.</summary>
internal sealed class RecoverPage(ReturnTicket tickets, SessionStore sessions, RecoveryMail mail, PasswordReset reset) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    [BindProperty(Name = "email")]
    public string? Email { get; set; }

    [BindProperty(Name = "code")]
    public string? Code { get; set; }

    public string? ClientName { get; private set; }

    /// <summary>A mail is on its way, if anybody has the address.</summary>
    public bool Sent { get; private set; }

    /// <summary>It was sent another time.</summary>
    public string? Notice { get; private set; }

    /// <summary>Seconds until another mail can be asked for.</summary>
    public int WaitSeconds { get; private set; }

    public string Lifetime => Duration.InWords(mail.Lifetime);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!mail.IsOffered)
            return NotFound();
        var waiting = await LoadAsync(ct);
        Email = (await sessions.FindAsync(HttpContext, ct))?.User.Email ?? (EmailAddress.IsValid(waiting?.Request.LoginHint) ? waiting!.Request.LoginHint : null);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "again")] bool again, CancellationToken ct)
    {
        if (!mail.IsOffered)
            return NotFound();
        await LoadAsync(ct);
        Email = Email?.Trim();
        if (string.IsNullOrEmpty(Email))
            return Refuse("email", "Enter your e-mail address");
        if (!EmailAddress.IsValid(Email))
            return Refuse("email", "Enter an e-mail address like name@example.com");

        var wait = await mail.SendAsync(HttpContext, Email, ClientName is null ? null : Ticket, ct);
        Sent = again || wait == TimeSpan.Zero;
        WaitSeconds = wait == TimeSpan.Zero ? (int)RecoveryMail.Pause.TotalSeconds : (int)Math.Ceiling(wait.TotalSeconds);
        if (wait == TimeSpan.Zero)
            Notice = again ? "We sent another mail. The newest two work." : null;
        else
        {
            Response.Headers.RetryAfter = RetryLater.Seconds(wait);
            return Refuse(Sent ? "code" : "email", $"Wait {Duration.InWords(wait)} before you ask for another mail", StatusCodes.Status429TooManyRequests);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostCodeAsync(CancellationToken ct)
    {
        if (!mail.IsOffered)
            return NotFound();
        await LoadAsync(ct);
        Sent = true;
        if (string.IsNullOrWhiteSpace(Code))
            return Refuse("code", "Enter the code from the mail");
        return await reset.TradeAsync(HttpContext, null, Code, ct) is { } token
            ? new SeeOtherPage($"/recover/password?token={token}")
            : Refuse("code", "This code does not work. Check it, or ask for another mail");
    }

    private PageResult Refuse(string field, string words, int status = StatusCodes.Status200OK)
    {
        ModelState.AddModelError(field, words);
        var page = Page();
        page.StatusCode = status;
        return page;
    }

    /// <summary>The request that waits, if there is one: people also come from a bookmark.</summary>
    private async Task<WaitingRequest?> LoadAsync(CancellationToken ct)
    {
        var waiting = await tickets.FindAsync(Ticket, ct);
        ClientName = waiting?.ClientName;
        return waiting;
    }
}
