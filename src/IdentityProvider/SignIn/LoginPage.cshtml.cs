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
internal sealed class LoginPage(ReturnTicket tickets, PasswordCheck check, MailedProof mailed, SessionStore sessions, BrowserAccounts accounts, LastWay lastWay, IEnumerable<ISignInOption> otherWays, IOptions<SessionsOptions> options) : PageModel
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

    /// <summary>Why the last try at another way did not work.</summary>
    public string? Problem { get; private set; }

    /// <summary>A proof is asked for beside the next attempt.</summary>
    public CaptchaQuestion? Captcha { get; private set; }

    /// <summary>A code by mail can stand for it.</summary>
    public bool MailsProofs => mailed.IsOffered;

    /// <summary>False: the client takes only who comes from elsewhere.</summary>
    public bool TakesPasswords { get; private set; } = true;

    /// <summary>Somebody is signed in and has to prove it again.</summary>
    public string? KnownUsername { get; private set; }

    /// <summary>A password was what let somebody in last in this browser.</summary>
    public bool UsedPasswordLast { get; private set; }

    public async Task<IActionResult> OnGetAsync([FromQuery(Name = "switch")] bool switchAccount, CancellationToken ct)
    {
        if (await LoadAsync(switchAccount, ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        var remembered = ExpectedPerson.Among(await accounts.ListAsync(HttpContext, ct), waiting);
        Username = KnownUsername ?? remembered?.SignInName ?? waiting.Request.LoginHint;
        Captcha = await check.QuestionAsync(HttpContext, null, ct);
        Problem = waiting.Problem;

        // Not again and again: who came back without success, or asked for another account, chooses.
        if (!switchAccount && Problem is null && (Options.FirstOrDefault(option => option.IsHinted) ?? WayOf(remembered) ?? OnlyWay()) is { } straight)
            return new SeeOtherPage(straight.Url);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(switchAccount: true, ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        if (!TakesPasswords)
            return NotTaken();
        if (Missing())
            return Page();

        var result = await check.SignInAsync(HttpContext, Username!, Password!, StaySignedIn, ct);
        if (result is PasswordResult.SignedIn)
            return HandOver.To(this, waiting.ReturnUrl);
        Captcha = await check.QuestionAsync(HttpContext, Username, ct);
        return Refuse(result);
    }

    /// <summary>Without script: has the code mailed that stands for the captcha. Says the same whatever the name is.</summary>
    public async Task<IActionResult> OnPostCodeAsync(CancellationToken ct)
    {
        if (await LoadAsync(switchAccount: true, ct) is null)
            return ExpiredTicket.Show(this);
        Password = null;
        ModelState.Clear();
        Captcha = await check.QuestionAsync(HttpContext, Username, ct);
        if (!TakesPasswords || Captcha is null || !mailed.IsOffered || string.IsNullOrWhiteSpace(Username) || Username.Length > 256)
            return Page();
        var lease = await mailed.SendAsync(HttpContext, Username, ct);
        if (!lease.Acquired)
            return Refuse(new PasswordResult.TooMany(lease.RetryAfter));
        Notice = "If there is an account with this name, a code is on its way to its address. Enter it below with your password.";
        return Page();
    }

    private PageResult Refuse(PasswordResult result)
    {
        switch (result)
        {
            case PasswordResult.Locked locked:
                Response.Headers.RetryAfter = RetryLater.Seconds(locked.RetryAfter);
                return Refuse($"Too many attempts. Try again in {Duration.InWords(locked.RetryAfter)}.", StatusCodes.Status429TooManyRequests);
            case PasswordResult.TooMany many:
                Response.Headers.RetryAfter = RetryLater.Seconds(many.RetryAfter);
                return Refuse($"Too many attempts from your network. Try again in {Duration.InWords(many.RetryAfter)}.", StatusCodes.Status429TooManyRequests);
            case PasswordResult.Busy:
                Response.Headers.RetryAfter = "5";
                return Refuse("Many people are signing in right now. Try again in a few seconds.", StatusCodes.Status503ServiceUnavailable);
            case PasswordResult.ProofMissing when Request.Form[MailedProof.Field].ToString().Length > 0:
                return Refuse("The code from our mail is not right. Have another one mailed, then enter it with your password.");
            case PasswordResult.ProofMissing:
                return Refuse("After several attempts your browser has to do a small check. Enter your password again.");
            default:
                return Refuse("The name or the password is not right. Check both and try again.");
        }
    }

    /// <summary>The page has no field for one, so only who made the request themselves reads this.</summary>
    private PageResult NotTaken()
    {
        (Problem, Password) = ("Passwords are not taken for this application. Sign in another way.", null);
        ModelState.Clear();
        var page = Page();
        page.StatusCode = StatusCodes.Status403Forbidden;
        return page;
    }

    /// <summary>Who is expected came in by a provider when they were last here, and comes in by it again.</summary>
    private SignInOptionLink? WayOf(BrowserAccount? remembered) =>
        KnownUsername is null && remembered?.Way is { } way ? Options.FirstOrDefault(option => option.IsElsewhere && option.Way == way) : null;

    private SignInOptionLink? OnlyWay() => !TakesPasswords && Options is [{ IsElsewhere: true } only] ? only : null;

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
        if (!switchAccount && await sessions.FindAsync(HttpContext, ct) is { } session && ExpectedPerson.Is(waiting, session.User))
            KnownUsername = session.User.UserName ?? session.User.Email;
        foreach (var way in otherWays)
            Options = [.. Options, .. await way.ForAsync(waiting, ct)];

        TakesPasswords = !waiting.Client.LocalSignInOff;

        // Who has an account is looked for first.
        var last = lastWay.Read(HttpContext);
        UsedPasswordLast = last == LastWay.Password;
        Options = [.. Options.Where(option => TakesPasswords || option.IsElsewhere).OrderBy(option => option.CreatesAccount).Select(option => option with { IsLastUsed = last is not null && option.Way == last })];
        if (waiting.Request.HasPromptValue("create") && !Options.Any(option => option.CreatesAccount))
            Notice = "New accounts are not open here. Sign in with an account you have.";
        return waiting;
    }
}
