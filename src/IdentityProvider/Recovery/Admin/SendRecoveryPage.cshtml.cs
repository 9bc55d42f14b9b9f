using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Recovery.Admin;

/// <summary>/admin/users/{sub}/recovery: mails somebody the way to a password.</summary>
[SignedInPage, Permission(Permission.ManageUsers)]
internal sealed class SendRecoveryPage(ConsoleUsers console, RecoverySending sending, Store db) : PageModel
{
    public User Person { get; private set; } = null!;
    public bool IsSent { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid sub, string? done, CancellationToken ct)
    {
        IsSent = done is "sent";
        return await ShowAsync(sub, ct);
    }

    public async Task<IActionResult> OnPostAsync(Guid sub, CancellationToken ct)
    {
        if (await sending.SendAsync((await console.OfAsync(HttpContext, ct)).Id, sub, ct) is not { } refused)
            return new SeeOtherPage($"/admin/users/{sub}/recovery?done=sent");
        ModelState.Tell(refused);
        return await ShowAsync(sub, ct);
    }

    private async Task<IActionResult> ShowAsync(Guid sub, CancellationToken ct)
    {
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == sub && user.ServiceSince == null, ct) is not { } person)
            return NotFound();
        Person = person;
        return Page();
    }
}
