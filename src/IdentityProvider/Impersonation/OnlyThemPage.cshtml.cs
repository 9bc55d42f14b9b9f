using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Impersonation;

/// <summary>/impersonation/only-them: an app or a page asked something that only the person can answer.</summary>
[OpenWhileActing]
internal sealed class OnlyThemPage(ReturnTicket tickets, SessionStore sessions) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    public string PersonName { get; private set; } = "";

    /// <summary>The app that waits for an answer; null where one of our own pages asked, or a device.</summary>
    public string? ClientName { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        if (await sessions.FindBegunAsync(HttpContext, ct) is not { ActorId: not null } acted)
            return new SeeOtherPage(waiting.ReturnUrl);
        PersonName = acted.User.DisplayName;
        ClientName = waiting.Kind == RequestKind.Authorization ? waiting.ClientName : null;
        return Page();
    }

    /// <summary>The app learns that it was refused.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { Kind: RequestKind.Authorization } waiting)
            return ExpiredTicket.Show(this);
        await tickets.RefuseAsync(waiting.Ticket, Errors.AccessDenied, ct);
        return HandOver.To(this, waiting.ReturnUrl);
    }
}
