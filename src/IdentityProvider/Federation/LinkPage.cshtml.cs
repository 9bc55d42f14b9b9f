using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Federation;

/// <summary>/federation/link: says that there is an account with the address; once its owner has signed in to it, connects the two.</summary>
internal sealed class LinkPage(ReturnTicket tickets, SessionStore sessions, Links links) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    public WaitingLink Waiting { get; private set; } = null!;
    public bool IsProven { get; private set; }
    public string AccountName { get; private set; } = "";
    public string? AccountEmail { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } request)
            return ExpiredTicket.Show(this);
        if (await links.FindAsync(HttpContext, ct) is not { } waiting)
            return new SeeOtherPage(request.ReturnUrl);
        Waiting = waiting;
        if (await sessions.FindAsync(HttpContext, ct) is not { } session || !Links.IsProven(waiting.Link, session))
            return Page();
        (IsProven, AccountName, AccountEmail) = (true, session.User.DisplayName, session.User.Email);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } request)
            return ExpiredTicket.Show(this);
        if (await links.FindAsync(HttpContext, ct) is { } waiting && await sessions.FindAsync(HttpContext, ct) is { } session && !await links.ConnectAsync(HttpContext, waiting, session, ct))
            await links.ForgetAsync(HttpContext, ct);
        return HandOver.To(this, request.ReturnUrl);
    }

    public async Task<IActionResult> OnPostLaterAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } request)
            return ExpiredTicket.Show(this);
        if (await links.FindAsync(HttpContext, ct) is { } waiting)
            await tickets.TellAsync(request.Ticket, $"Your account here is not connected with {waiting.ProviderTitle}. Sign in another way.", ct);
        await links.ForgetAsync(HttpContext, ct);
        return HandOver.To(this, request.ReturnUrl);
    }
}
