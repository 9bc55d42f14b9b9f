using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Account;

/// <summary>/account: who the person is.</summary>
[SignedInPage]
internal sealed class ProfilePage(SessionStore sessions) : PageModel
{
    public User Person { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct) => Person = (await sessions.FindAsync(HttpContext, ct))!.User;
}
