using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Authorize;

/// <summary>A page that asks for a second factor: of a request that waits, and of somebody who has begun to sign in.</summary>
internal abstract class SecondFactorPageModel(ReturnTicket tickets, SessionStore sessions, string factor) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    public string ClientName { get; private set; } = "";
    public string AccountName { get; private set; } = "";
    public OtherWays Others { get; private set; } = null!;

    /// <summary>Null: the ticket is no good, or nobody has begun to sign in here.</summary>
    protected async Task<(WaitingRequest Waiting, Session Session)?> LoadAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } waiting || await sessions.FindBegunAsync(HttpContext, ct) is not { } session)
            return null;
        ClientName = waiting.ClientName;
        AccountName = session.User.DisplayName;
        Others = new OtherWays(factor, session.UserId, waiting.Ticket);
        return (waiting, session);
    }

    /// <summary>The factor has been proven.</summary>
    /// <returns>False when the session has ended meanwhile.</returns>
    protected Task<bool> CompleteAsync(Session session, IReadOnlyCollection<string> methods, CancellationToken ct) => sessions.CompleteAsync(HttpContext, session, methods, ct);

    /// <summary>The page again, with what was wrong with the code.</summary>
    protected PageResult Refuse(string words, int status = StatusCodes.Status200OK)
    {
        ModelState.AddModelError("code", words);
        return Show(status);
    }

    /// <summary>429 with Retry-After (RFC 6585 section 4).</summary>
    protected PageResult Pause(TimeSpan wait, string words = "Too many attempts")
    {
        Response.Headers.RetryAfter = RetryLater.Seconds(wait);
        return Refuse($"{words}. Try again in {Duration.InWords(wait)}", StatusCodes.Status429TooManyRequests);
    }

    protected PageResult Show(int status)
    {
        var page = Page();
        page.StatusCode = status;
        return page;
    }
}
