using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.SignIn;

/// <summary>/account-choice: go on as who is signed in, or as somebody else (prompt=select_account).</summary>
internal sealed class AccountPage(ReturnTicket tickets, SessionStore sessions) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    public string ClientName { get; private set; } = "";
    public string AccountName { get; private set; } = "";
    public string? AccountEmail { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        return AccountName.Length > 0 ? Page() : new SeeOtherPage(waiting.ReturnUrl);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        if (await sessions.FindAsync(HttpContext, ct) is { } session)
            await sessions.ConfirmAsync(session, ct);
        return HandOver.To(this, waiting.ReturnUrl);
    }

    public async Task<IActionResult> OnPostOtherAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is null)
            return ExpiredTicket.Show(this);
        return new SeeOtherPage($"/login?ticket={Ticket}&switch=true");
    }

    private async Task<WaitingRequest?> LoadAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } waiting)
            return null;
        ClientName = waiting.ClientName;
        var user = (await sessions.FindAsync(HttpContext, ct))?.User;
        AccountName = user?.DisplayName ?? "";
        AccountEmail = user?.Email;
        return waiting;
    }
}
