using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.ApiKeys.Admin;

/// <summary>/admin/service-accounts/{sub}/keys: the keys of an account of programs.</summary>
[SignedInPage, Permission(Permission.ReadServiceAccounts)]
internal sealed class ServiceKeysPage(ConsoleUsers console, Store db, TimeProvider clock) : PageModel
{
    public User Account { get; private set; } = null!;
    public IReadOnlyList<ApiKey> Keys { get; private set; } = [];
    public DateTimeOffset Now { get; private set; }
    public bool MayManage { get; private set; }
    public bool IsRevoked { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid sub, string? done, CancellationToken ct)
    {
        if (await ServiceKeyChanges.OwnerAsync(db, sub, ct) is not { } account)
            return NotFound();
        (Account, Now, IsRevoked) = (account, clock.GetUtcNow(), done is "revoked");
        MayManage = (await console.OfAsync(HttpContext, ct)).May(Permission.ManageServiceAccounts);
        Keys = await db.Set<ApiKey>().AsNoTracking().Where(k => k.UserId == sub).OrderByDescending(k => k.Id).Take(200).ToListAsync(ct);
        return Page();
    }
}
