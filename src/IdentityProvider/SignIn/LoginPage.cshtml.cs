using IdentityProvider.Authorize;
using IdentityProvider.Captcha;
using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;

namespace IdentityProvider.SignIn;

/// <summary>/login: name and password, and whatever other ways there are.</summary>
internal sealed class LoginPage(ReturnTicket tickets, PasswordCheck check, SessionStore sessions, IEnumerable<ISignInOption> otherWays, IOptions<SessionsOptions> options) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    [BindProperty(Name = "username")]
    public string? Username { get; set; }

    [BindProperty(Name = "password")]
    public string? Password { get; set; }

    [BindProperty(Name = "staysignedin")]
    public bool StaySignedIn { get; set; }

    public string ClientName { get; private set; } = "";
    public string? ClientUri { get; private set; }
    public IReadOnlyList<SignInOptionLink> Options { get; private set; } = [];
    public int StaySignedInDays => options.Value.StaySignedInDays;
    public string? Notice { get; private set; }

    /// <summary>A proof is asked for beside the next attempt.</summary>
    public CaptchaQuestion? Captcha { get; private set; }

    /// <summary>Somebody is signed in and has to prove it again.</summary>
    public string? KnownUsername { get; private set; }

    public async Task<IActionResult> OnGetAsync([FromQuery(Name = "switch")] bool switchAccount, CancellationToken ct)
    {
        if (await LoadAsync(switchAccount, ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        Username = KnownUsername ?? waiting.Request.LoginHint;
        Captcha = await check.QuestionAsync(null, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(switchAccount: true, ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        if (Missing())
            return Page();

        var result = await check.SignInAsync(HttpContext, Username!, Password!, StaySignedIn, ct);
        if (result is PasswordResult.SignedIn)
            return HandOver.To(this, waiting.ReturnUrl);
        Captcha = await check.QuestionAsync(Username, ct);
        return Refuse(result);
    }

    private PageResult Refuse(PasswordResult result)
    {
        switch (result)
        {
            case PasswordResult.Locked locked:
                return Refuse($"Too many attempts. Try again in {Duration.InWords(locked.RetryAfter)}.");
            case PasswordResult.TooMany many:
                Response.Headers.RetryAfter = RetryLater.Seconds(many.RetryAfter);
                return Refuse($"Too many attempts from your network. Try again in {Duration.InWords(many.RetryAfter)}.", StatusCodes.Status429TooManyRequests);
            case PasswordResult.Busy:
                Response.Headers.RetryAfter = "5";
                return Refuse("Many people are signing in right now. Try again in a few seconds.", StatusCodes.Status503ServiceUnavailable);
            case PasswordResult.ProofMissing:
                return Refuse("After several attempts your browser has to do a small check. Enter your password again.");
            default:
                return Refuse("The name or the password is not right. Check both and try again.");
        }
    }

    private bool Missing()
    {
        if (string.IsNullOrWhiteSpace(Username))
            ModelState.AddModelError("username", "Enter your user name or e-mail address");
        else if (Username.Length > 256)
            ModelState.AddModelError("username", "Enter a name of at most 256 characters");
        if (string.IsNullOrEmpty(Password))
            ModelState.AddModelError("password", "Enter your password");
        else if (Password.Length > 256)
            ModelState.AddModelError("password", "Enter a password of at most 256 characters");
        return !ModelState.IsValid;
    }

    private PageResult Refuse(string words, int status = StatusCodes.Status200OK)
    {
        ModelState.AddModelError("username", words);
        var page = Page();
        page.StatusCode = status;
        return page;
    }

    private async Task<WaitingRequest?> LoadAsync(bool switchAccount, CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } waiting)
            return null;
        ClientName = waiting.ClientName;
        ClientUri = waiting.Client.ClientUri;
        if (waiting.Request.HasPromptValue("create"))
            Notice = "New accounts are not open here. Sign in with an account you have.";
        if (!switchAccount && await sessions.FindAsync(HttpContext, ct) is { } session)
            KnownUsername = session.User.UserName ?? session.User.Email;
        foreach (var way in otherWays)
            if (await way.ForAsync(waiting, ct) is { } link)
                Options = [.. Options, link];
        return waiting;
    }
}
