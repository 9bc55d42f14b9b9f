using IdentityProvider.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Recovery;

/// <summary>/recover/done: that it is done, and the way to sign in with it.</summary>
internal sealed class DonePage(ReturnTicket tickets) : PageModel
{
    public string? ClientName { get; private set; }

    /// <summary>The path of the sign-in.</summary>
    public string Next { get; private set; } = "/account";

    public async Task OnGetAsync([FromQuery(Name = "ticket")] string? ticket, CancellationToken ct)
    {
        if (await tickets.FindAsync(ticket, ct) is not { } waiting)
            return;
        ClientName = waiting.ClientName;
        Next = $"/login?ticket={waiting.Ticket}";
    }
}
