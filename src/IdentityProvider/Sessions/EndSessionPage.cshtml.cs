using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Sessions;

/// <summary>/signout: one question before a sign-out that nobody vouches for.</summary>
[OpenWhileActing]
internal sealed class EndSessionPage(SessionStore sessions, IEnumerable<ISignOutElsewhere> elsewhere, ClientCache clients) : PageModel
{
    [BindProperty(Name = "forget")]
    public bool Forget { get; set; }

    /// <summary>The account is kept in this browser unless the person says otherwise.</summary>
    public bool IsKept { get; private set; }

    public string AccountName { get; private set; } = "";
    public string? AccountEmail { get; private set; }
    public string? ClientName { get; private set; }

    public async Task<IActionResult> OnGetAsync([FromQuery(Name = "client_id")] string? clientId, CancellationToken ct)
    {
        if (await sessions.FindBegunAsync(HttpContext, ct) is not { } session)
            return new SeeOtherPage("/signed-out");
        (AccountName, IsKept) = (session.User.DisplayName, session.Persistent);
        AccountEmail = session.User.Email;
        ClientName = clientId is { Length: > 0 and <= 400 } ? (await clients.FindAsync(clientId, ct))?.DisplayName : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var back = Routes.EndSession + Request.QueryString;
        var away = await sessions.FindBegunAsync(HttpContext, ct) is { } session ? await elsewhere.FirstAddressAsync(session, back, ct) : null;
        await sessions.SignOutAsync(HttpContext, Forget, ct);
        return away is null ? HandOver.To(this, back) : HandOver.Away(this, away);
    }
}
