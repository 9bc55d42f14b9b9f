using IdentityProvider.Email;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Registration;

/// <summary>/account/email: asks for another address; it counts when it is proven on /verify.</summary>
[SignedInPage, FreshSignIn]
internal sealed class EmailPage(SessionStore sessions, ProofMails sending, MailOutbox outbox) : PageModel
{
    [BindProperty(Name = "email")]
    public string? Email { get; set; }

    public string? Current { get; private set; }
    public bool CanSend => outbox.CanSend;
    public bool Saved { get; private set; }

    public async Task OnGetAsync([FromQuery(Name = "saved")] bool saved, CancellationToken ct)
    {
        await LoadAsync(ct);
        Saved = saved;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var user = await LoadAsync(ct);
        Email = Email?.Trim();
        if (string.IsNullOrEmpty(Email))
            ModelState.AddModelError("email", "Enter the new address");
        else if (!EmailAddress.IsValid(Email))
            ModelState.AddModelError("email", "Enter an e-mail address like name@example.com");
        else if (EmailAddress.IsDisguised(Email))
            ModelState.AddModelError("email", "Write the address in small letters of one alphabet");
        else if (string.Equals(Email, user.Email, StringComparison.Ordinal) && user.EmailConfirmed)
            ModelState.AddModelError("email", "This is your address already. Enter another one");
        if (!ModelState.IsValid || !outbox.CanSend)
            return Page();
        var wait = await sending.SendAsync(HttpContext, new EmailProof(Email!) { UserId = user.Id, Language = user.Locale }, ct);
        if (wait <= TimeSpan.Zero)
            return new SeeOtherPage("/verify");
        Response.Headers.RetryAfter = RetryLater.Seconds(wait);
        ModelState.AddModelError("email", $"Too many mails were sent. Try again in {Duration.InWords(wait)}");
        var page = Page();
        page.StatusCode = StatusCodes.Status429TooManyRequests;
        return page;
    }

    private async Task<User> LoadAsync(CancellationToken ct)
    {
        var user = (await sessions.FindAsync(HttpContext, ct))!.User;
        Current = user.Email;
        return user;
    }
}
