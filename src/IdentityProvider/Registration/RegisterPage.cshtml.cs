using System.Globalization;
using IdentityProvider.Authorize;
using IdentityProvider.Email;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Registration;

/// <summary>/register: name, address and password; then the page that waits for the proof.</summary>
internal sealed class RegisterPage(
    ReturnTicket tickets, Registrations registrations, CodeStore codes, PasswordRules rules, FormAge age, SessionStore sessions, MailLimits mails, RateLimiter limiter,
    IOptions<RateLimitsOptions> limits, IOptions<RegistrationOptions> options, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Invitation { get; set; }

    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    [BindProperty(Name = "email")]
    public string? Email { get; set; }

    [BindProperty(Name = "password")]
    public string? Password { get; set; }

    /// <summary>Nobody sees this field; what fills it in is a program.</summary>
    [BindProperty(Name = "url")]
    public string? Trap { get; set; }

    [BindProperty(Name = "shown")]
    public string? Shown { get; set; }

    public PasswordRules Rules => rules;
    public string? ClientName { get; private set; }

    /// <summary>Why nobody can register here and now.</summary>
    public string? Closed { get; private set; }

    public string? InvitedEmail => invited is null ? null : EmailProofs.Read(invited).Email;
    public string? EmailHint => options.Value.Domains.Count == 0 ? "We send a mail there to see that it is yours." : $"It must end in @{string.Join(" or @", options.Value.Domains)}.";
    public string SignInPath => Ticket is null ? "/account" : $"/login?ticket={Uri.EscapeDataString(Ticket)}";

    private FoundCode? invited;
    private WaitingRequest? waiting;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct))
            return ExpiredTicket.Show(this);
        Shown = age.Stamp();
        Email = waiting?.Request.LoginHint is { } hint && EmailAddress.IsValid(hint) ? hint : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct))
            return ExpiredTicket.Show(this);
        if (Closed is not null || !IsRight())
            return Page();
        var lease = await limiter.TryAcquireAsync("registration", limits.Value.RegistrationPerAddress, ClientAddress.Of(HttpContext), ct);
        if (lease.Acquired && invited is null)
            lease = await mails.TryAcquireAsync(HttpContext, UserNames.Normalize(Email!), ct);
        if (!lease.Acquired)
            return TooMany(lease.RetryAfter);

        if (invited is not null)
            return await AcceptAsync(invited, ct);
        var proof = new EmailProof(Email!) { Ticket = Ticket, Language = Language() };
        await registrations.AskAsync(HttpContext, proof, Name!, Password!, welcome: string.IsNullOrEmpty(Trap), ct);
        return new SeeOtherPage(Ticket is null ? "/verify" : $"/verify?ticket={Uri.EscapeDataString(Ticket)}");
    }

    private async Task<IActionResult> AcceptAsync(FoundCode invitation, CancellationToken ct)
    {
        if (await registrations.AcceptAsync(HttpContext, invitation, Name!, Password!, ct) is not { } user)
        {
            Closed = "This invitation was used, or you have an account already. Sign in with it.";
            return Page();
        }

        await sessions.StartAsync(HttpContext, user, "pwd", staySignedIn: false, ct);
        return HandOver.To(this, waiting?.ReturnUrl ?? "/account");
    }

    private bool IsRight()
    {
        Name = string.IsNullOrWhiteSpace(Name) ? null : Name.Trim();
        Email = invited is null ? Email?.Trim() : InvitedEmail;
        if (Name is null)
            ModelState.AddModelError("name", "Enter your name");
        else if (PersonalFacts.Problem("name", Name, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)) is { } problem)
            ModelState.AddModelError("name", problem);
        if (EmailProblem() is { } wrong)
            ModelState.AddModelError("email", wrong);
        if (string.IsNullOrEmpty(Password))
            ModelState.AddModelError("password", "Enter a password");
        else
            foreach (var broken in rules.Problems(Password, Email, Name))
                ModelState.AddModelError("password", broken);
        if (ModelState.IsValid && !age.IsOldEnough(Shown))
            ModelState.AddModelError("name", "That was very fast. Look at what you entered, and send it again");
        return ModelState.IsValid;
    }

    private string? EmailProblem()
    {
        if (string.IsNullOrEmpty(Email))
            return "Enter your e-mail address";
        if (!EmailAddress.IsValid(Email))
            return "Enter an e-mail address like name@example.com";
        if (EmailAddress.IsDisguised(Email))
            return "Write the address in small letters of one alphabet";
        var domains = options.Value.Domains;
        var domain = EmailAddress.AsciiDomain(Email.Split('@')[1]);
        return invited is null && domains.Count > 0 && !domains.Any(d => string.Equals(EmailAddress.AsciiDomain(d), domain, StringComparison.OrdinalIgnoreCase))
            ? $"Use an address that ends in @{string.Join(" or @", domains)}"
            : null;
    }

    private PageResult TooMany(TimeSpan wait)
    {
        Response.Headers.RetryAfter = RetryLater.Seconds(wait);
        ModelState.AddModelError("email", $"Too many attempts. Try again in {Duration.InWords(wait)}");
        var page = Page();
        page.StatusCode = StatusCodes.Status429TooManyRequests;
        return page;
    }

    private static string? Language() => CultureInfo.CurrentUICulture.Name is { Length: > 0 } name ? name : null;

    /// <summary>False when there is a ticket that leads nowhere.</summary>
    private async Task<bool> LoadAsync(CancellationToken ct)
    {
        if (Ticket is not null && (waiting = await tickets.FindAsync(Ticket, ct)) is null)
            return false;
        ClientName = waiting?.ClientName;
        if (Invitation is not null && options.Value.Mode != RegistrationMode.Off)
        {
            invited = await codes.FindByLinkAsync(Registrations.Invitation, Invitation, null, ct);
            Closed = invited is null ? "This invitation was used or is too old. Ask who invited you for another one." : null;
            return true;
        }

        Closed = options.Value.Mode switch
        {
            RegistrationMode.Open => null,
            RegistrationMode.Invitation => "Accounts are for those who were invited. Open the link in your invitation.",
            _ => "New accounts are not open here. Sign in with an account you have.",
        };
        return true;
    }
}
