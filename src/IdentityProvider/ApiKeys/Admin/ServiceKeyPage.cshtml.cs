using System.Globalization;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.ApiKeys.Admin;

/// <summary>/admin/service-accounts/{sub}/keys/{id}: what a key may do, replacing it, and its end.</summary>
[SignedInPage, Permission(Permission.ReadServiceAccounts)]
internal sealed class ServiceKeyPage(ConsoleUsers console, ServiceKeyChanges changes, Store db, TimeProvider clock) : PageModel
{
    [BindProperty(Name = "hours")]
    public string? Hours { get; set; }

    public User Account { get; private set; } = null!;
    public ApiKey Key { get; private set; } = null!;
    public DateTimeOffset Now { get; private set; }
    public bool MayManage { get; private set; }
    public MadeKey Made { get; private set; }

    public bool IsLive => Key.IsLive(Now);

    public async Task<IActionResult> OnGetAsync(Guid sub, Guid id, CancellationToken ct)
    {
        Hours = "24";
        return await LoadAsync(sub, id, ct) is null ? NotFound() : Page();
    }

    [FreshSignIn, Permission(Permission.ManageServiceAccounts)]
    public async Task<IActionResult> OnPostRotateAsync(Guid sub, Guid id, CancellationToken ct)
    {
        if (await LoadAsync(sub, id, ct) is not { } me)
            return NotFound();
        if (!int.TryParse(Hours?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var hours) || hours > ApiKeyChanges.MaxOverlap.TotalHours)
        {
            ModelState.AddModelError("hours", $"Enter a whole number of hours, at most {ApiKeyChanges.MaxOverlap.TotalHours:0}");
            return Page();
        }

        (Made, var refused) = await changes.RotateAsync(me.Id, sub, id, HttpContext, TimeSpan.FromHours(hours), ct);
        if (refused is not null)
            ModelState.Tell(refused, "hours");
        foreach (var problem in Made.Problems ?? [])
            ModelState.AddModelError("hours", problem.Text);
        return Page();
    }

    /// <summary>The name is typed, so that it is not the wrong key.</summary>
    [Permission(Permission.ManageServiceAccounts)]
    public async Task<IActionResult> OnPostRevokeAsync(Guid sub, Guid id, [FromForm(Name = "confirm")] string? confirm, CancellationToken ct)
    {
        if (await LoadAsync(sub, id, ct) is not { } me)
            return NotFound();
        if (!string.Equals(confirm?.Trim(), Key.Name.Trim(), StringComparison.Ordinal))
        {
            Hours = "24";
            ModelState.AddModelError("confirm", $"Enter the name of the key as it is: {Key.Name}");
            return Page();
        }

        await changes.RevokeAsync(me.Id, sub, id, HttpContext, ct);
        return new SeeOtherPage($"/admin/service-accounts/{sub}/keys?done=revoked");
    }

    private async Task<ConsoleUser?> LoadAsync(Guid sub, Guid id, CancellationToken ct)
    {
        if (await ServiceKeyChanges.OwnerAsync(db, sub, ct) is not { } account || await db.Set<ApiKey>().AsNoTracking().FirstOrDefaultAsync(k => k.Id == id && k.UserId == sub, ct) is not { } key)
            return null;
        (Account, Key, Now) = (account, key, clock.GetUtcNow());
        var me = await console.OfAsync(HttpContext, ct);
        MayManage = me.May(Permission.ManageServiceAccounts);
        return me;
    }
}
