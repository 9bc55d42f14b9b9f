using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.PersonalData;

/// <summary>/closed-account: somebody signs in to an account they asked us to delete.</summary>
internal sealed class ClosedAccountPage(ReturnTicket tickets, SessionStore sessions, Deletions deletions) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    public string AccountName { get; private set; } = "";
    public DateTimeOffset DueAt { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } waiting || await sessions.FindAsync(HttpContext, ct) is not { } session)
            return ExpiredTicket.Show(this);
        if (await deletions.FindAsync(session.UserId, ct) is not { } deletion)
            return new SeeOtherPage(waiting.ReturnUrl);
        (AccountName, DueAt) = (session.User.DisplayName, deletion.DueAt);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } waiting || await sessions.FindAsync(HttpContext, ct) is not { } session)
            return ExpiredTicket.Show(this);
        await deletions.UndoAsync(session.UserId, ct);
        return HandOver.To(this, waiting.ReturnUrl);
    }
}
