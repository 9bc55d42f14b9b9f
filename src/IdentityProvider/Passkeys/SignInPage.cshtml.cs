using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Passkeys;

/// <summary>/passkey: signing in with nothing but a passkey. The sign-in page posts here; whatever goes wrong is said here.</summary>
internal sealed class SignInPage(ReturnTicket tickets, Assertion assertion, RelyingParty party, SessionStore sessions, RateLimiter limiter, IOptions<RateLimitsOptions> limits) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    [BindProperty]
    public PasskeyAnswer Answer { get; set; } = new();

    [BindProperty(Name = "staysignedin")]
    public string? StaySignedIn { get; set; }

    public string ClientName { get; private set; } = "";

    /// <summary>Why the last try did not work.</summary>
    public string? Problem { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) is null ? ExpiredTicket.Show(this) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        if (Answer.IsEmpty)
            return Refuse("Passkeys need JavaScript and an up-to-date browser. Sign in another way.");

        // The same count as for passwords: a stranger gets no second purse of tries.
        var lease = await limiter.TryAcquireAsync("sign-in", limits.Value.SignInPerAddress, ClientAddress.Of(HttpContext), ct);
        if (!lease.Acquired)
        {
            Response.Headers.RetryAfter = RetryLater.Seconds(lease.RetryAfter);
            return Refuse($"Too many attempts from your network. Try again in {Duration.InWords(lease.RetryAfter)}.", StatusCodes.Status429TooManyRequests);
        }

        switch (await assertion.CheckAsync(HttpContext, Purpose.SignIn, null, Answer, ct))
        {
            case AssertionResult.Proven proven:
                await sessions.StartAsync(HttpContext, proven.User, [proven.Passkey.Method, "user"], StaySignedIn == "true", null, ct);
                return HandOver.To(this, waiting.ReturnUrl);
            case AssertionResult.Refused(RefusalReason.Challenge):
                return Refuse("This took too long, or was tried before. Try again.");
            case AssertionResult.Refused(RefusalReason.Unknown):
                Signals = PasskeySignals.Unknown(party, Answer.ReadId()!);
                return Refuse("This passkey is not known here. Try another one, or sign in another way.");
            default:
                return Refuse("This passkey could not be checked. Try again, or sign in another way.");
        }
    }

    /// <summary>For the browser's password manager, when it offered what is not known here.</summary>
    public string? Signals { get; private set; }

    private PageResult Refuse(string words, int status = StatusCodes.Status200OK)
    {
        Problem = words;
        var page = Page();
        page.StatusCode = status;
        return page;
    }

    private async Task<WaitingRequest?> LoadAsync(CancellationToken ct)
    {
        var waiting = await tickets.FindAsync(Ticket, ct);
        ClientName = waiting?.ClientName ?? "";
        return waiting;
    }
}
