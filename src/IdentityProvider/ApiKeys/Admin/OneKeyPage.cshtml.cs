using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.ApiKeys.Admin;

/// <summary>/admin/api-keys/{id}: what a key of anybody may do, and its end.</summary>
[SignedInPage, Permission(Permission.ReadApiKeys)]
internal sealed class OneKeyPage(ConsoleUsers console, ApiKeyChanges changes, Store db, TimeProvider clock) : PageModel
{
    public ApiKey Key { get; private set; } = null!;
    public KeyFacts Facts { get; private set; } = null!;
    public bool MayRevoke { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken ct) => await LoadAsync(id, ct) ? Page() : NotFound();

    /// <summary>The name is typed, so that it is not the wrong key.</summary>
    [Permission(Permission.ManageApiKeys)]
    public async Task<IActionResult> OnPostRevokeAsync(Guid id, [FromForm(Name = "confirm")] string? confirm, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
            return NotFound();
        if (!string.Equals(confirm?.Trim(), Key.Name.Trim(), StringComparison.Ordinal))
        {
            ModelState.AddModelError("confirm", $"Enter the name of the key as it is: {Key.Name}");
            return Page();
        }

        await changes.RevokeAsync((await console.OfAsync(HttpContext, ct)).Id, null, HttpContext, id, ct);
        return new SeeOtherPage("/admin/api-keys?done=revoked");
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken ct)
    {
        if (await db.Set<ApiKey>().AsNoTracking().FirstOrDefaultAsync(key => key.Id == id, ct) is not { } found)
            return false;
        var me = await console.OfAsync(HttpContext, ct);
        var owner = await db.Set<User>().AsNoTracking().FirstAsync(user => user.Id == found.UserId, ct);
        Key = found;
        MayRevoke = found.IsLive(clock.GetUtcNow()) && me.May(Permission.ManageApiKeys);
        Facts = new KeyFacts(found, clock.GetUtcNow())
        {
            Owner = owner.DisplayName,
            OwnerPath = me.May(owner.ServiceSince is null ? Permission.ReadUsers : Permission.ReadServiceAccounts) ? KeyFacts.PathOf(owner) : null,
        };
        return true;
    }
}
