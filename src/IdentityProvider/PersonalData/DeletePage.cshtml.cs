using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace IdentityProvider.PersonalData;

/// <summary>/account/data/delete: confirmed by the person's own name, after a fresh sign-in.</summary>
[SignedInPage, FreshSignIn]
internal sealed class DeletePage(SessionStore sessions, SessionCookie cookie, BrowserAccounts accounts, Deletions deletions, IOptions<PersonalDataOptions> options) : PageModel
{
    [BindProperty(Name = "confirmation")]
    public string? Confirmation { get; set; }

    public string Name { get; private set; } = "";
    public string? Grace => options.Value.DeletionGrace > TimeSpan.Zero ? Duration.InWords(options.Value.DeletionGrace) : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) is null ? NotFound() : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } session)
            return NotFound();
        if (Confirmation is not { Length: <= 256 } typed || UserNames.Normalize(typed) != UserNames.Normalize(Name))
        {
            ModelState.AddModelError("confirmation", $"Enter {Name} to confirm");
            return Page();
        }

        if (await deletions.RequestAsync(session.User, ct) is null)
        {
            ModelState.AddModelError("confirmation", "You are the last administrator. Make somebody else an administrator first");
            return Page();
        }

        cookie.Delete(HttpContext);
        accounts.Forget(HttpContext, session.UserId);
        return new SeeOtherPage("/account-closed");
    }

    private async Task<Session?> LoadAsync(CancellationToken ct)
    {
        if (!options.Value.DeletionAllowed)
            return null;
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        Name = session.User.UserName ?? session.User.Email ?? "";
        return session;
    }
}
