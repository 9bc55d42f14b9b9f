using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Setup;

/// <summary>/setup: the first administrator chooses a name and a password. Nothing is here without the link of the log, or when there is an administrator.</summary>
internal sealed class FirstAdministratorPage(
    FirstAdministrator first, PasswordRules rules, RateLimiter limiter, IOptions<RateLimitsOptions> limits, IOptions<IdentityProviderOptions> server, TimeProvider clock) : PageModel
{
    private readonly HostCookie cookie = new("setup", server.Value);

    [BindProperty(Name = "username")]
    public string? Username { get; set; }

    [BindProperty(Name = "email")]
    public string? Email { get; set; }

    [BindProperty(Name = "password")]
    public string? Password { get; set; }

    public PasswordRules Rules => rules;

    /// <summary>The link is left in a cookie and taken off the address: histories, logs and screenshots show addresses.</summary>
    public async Task<IActionResult> OnGetAsync([FromQuery(Name = "token")] string? token, CancellationToken ct)
    {
        if (token is null)
            return (await FindAsync(cookie.ReadHandle(HttpContext), ct)).Refused ?? Page();
        if ((await FindAsync(token, ct)).Refused is { } refused)
            return refused;
        cookie.Write(HttpContext, token, null);
        return new SeeOtherPage($"/{FirstAdministrator.Path}");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var (link, refused) = await FindAsync(cookie.ReadHandle(HttpContext), ct);
        if (refused is not null)
            return refused;
        if (!IsRight())
            return Page();
        if (await TryAcquireAsync(ct) is { } tooMany)
            return tooMany;
        switch (await first.CreateAsync(link!, Username!, Email!, Password!, ct))
        {
            case FirstAdministratorOutcome.Created:
                cookie.Delete(HttpContext);
                return new SeeOtherPage($"/{FirstAdministrator.Path}/done");
            case FirstAdministratorOutcome.UsernameTaken:
                ModelState.AddModelError("username", "Somebody has this name. Choose another one");
                return Page();
            case FirstAdministratorOutcome.EmailTaken:
                ModelState.AddModelError("email", "Somebody has this address. Enter another one");
                return Page();
            default:
                return Over();
        }
    }

    /// <summary>One of the two: the link, or what to answer in its place.</summary>
    private async Task<(FoundCode? Link, IActionResult? Refused)> FindAsync(string? token, CancellationToken ct)
    {
        if (token is null)
            return (null, NotFound());
        return await first.FindAsync(token, ct) is { } link ? (link, null) : (null, await TryAcquireAsync(ct) ?? Over());
    }

    /// <summary>Whether it is too old or used, and whether there is an administrator, is not for strangers to read off the answer.</summary>
    private static ErrorActionResult Over() => new(new ErrorInfo(StatusCodes.Status404NotFound, "not_found", "This link was used or is too old.")
    {
        Heading = "This link is no longer good",
        Advice = "Nobody administers the server yet? Start it again: it writes a new link in its log. Otherwise go back to the application you were using.",
    });

    private async Task<IActionResult?> TryAcquireAsync(CancellationToken ct)
    {
        var lease = await limiter.TryAcquireAsync("setup", limits.Value.RegistrationPerAddress, ClientAddress.Of(HttpContext), ct);
        if (lease.Acquired)
            return null;
        Response.Headers.RetryAfter = RetryLater.Seconds(lease.RetryAfter);
        return new ErrorActionResult(new ErrorInfo(StatusCodes.Status429TooManyRequests, "slow_down", "Too many attempts from your address.")
        {
            Heading = "Too many attempts",
            Advice = $"Wait {Duration.InWords(lease.RetryAfter)}, then try again.",
        });
    }

    private bool IsRight()
    {
        (Username, Email) = (Username?.Trim(), Email?.Trim());
        if (string.IsNullOrEmpty(Username))
            ModelState.AddModelError("username", "Enter a user name");
        else if (PersonalFacts.Problem("preferred_username", Username, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)) is { } problem)
            ModelState.AddModelError("username", problem);
        if (string.IsNullOrEmpty(Email))
            ModelState.AddModelError("email", "Enter your e-mail address");
        else if (!EmailAddress.IsValid(Email))
            ModelState.AddModelError("email", "Enter an e-mail address like name@example.com");
        else if (EmailAddress.IsDisguised(Email))
            ModelState.AddModelError("email", "Write the address in small letters of one alphabet");
        if (string.IsNullOrEmpty(Password))
            ModelState.AddModelError("password", "Enter a password");
        else
            foreach (var broken in rules.Problems(Password, Username, Email))
                ModelState.AddModelError("password", broken);
        return ModelState.IsValid;
    }
}
