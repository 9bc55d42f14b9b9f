using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.EmailSignIn;

/// <summary>/login/mail: asks for the address, says that a mail is on its way whoever has it, and takes the code from it.</summary>
internal sealed class MailPage(ReturnTicket tickets, SignInMail mail) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    [BindProperty(Name = "email")]
    public string? Email { get; set; }

    [BindProperty(Name = "code")]
    public string? Code { get; set; }

    public string ClientName { get; private set; } = "";
    public bool Sent { get; private set; }
    public string Lifetime => Duration.InWords(mail.Lifetime);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        Email = EmailAddress.IsValid(waiting.Request.LoginHint) ? waiting.Request.LoginHint : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        Email = Email?.Trim();
        if (string.IsNullOrEmpty(Email))
            return Refuse("email", "Enter your e-mail address");
        if (!EmailAddress.IsValid(Email))
            return Refuse("email", "Enter an e-mail address like name@example.com");
        var lease = await mail.SendAsync(HttpContext, Email, waiting.Ticket, ct);
        Sent = lease.Acquired;
        if (lease.Acquired)
            return Page();
        Response.Headers.RetryAfter = RetryLater.Seconds(lease.RetryAfter);
        return Refuse("email", $"Too many mails were asked for. Try again in {Duration.InWords(lease.RetryAfter)}", StatusCodes.Status429TooManyRequests);
    }

    public async Task<IActionResult> OnPostCodeAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is null)
            return ExpiredTicket.Show(this);
        Sent = true;
        if (string.IsNullOrWhiteSpace(Code))
            return Refuse("code", "Enter the code from the mail");
        return await mail.FindByCodeAsync(HttpContext, Code, ct) is { } found && await mail.SignInAsync(HttpContext, found, ct) is { } next
            ? HandOver.To(this, next)
            : Refuse("code", "This code does not work. Check it, or ask for another mail");
    }

    private PageResult Refuse(string field, string words, int status = StatusCodes.Status200OK)
    {
        ModelState.AddModelError(field, words);
        var page = Page();
        page.StatusCode = status;
        return page;
    }

    private async Task<WaitingRequest?> LoadAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } waiting || !mail.IsOfferedFor(waiting))
            return null;
        ClientName = waiting.ClientName;
        return waiting;
    }
}
