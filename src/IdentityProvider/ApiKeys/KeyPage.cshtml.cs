using System.Globalization;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys;

/// <summary>/account/keys/{id}: what a key may do and did, replacing it, and its end. Looking and revoking need no fresh sign-in: a stolen key is revoked at once.</summary>
[SignedInPage]
internal sealed class KeyPage(SessionStore sessions, ApiKeyChanges changes, ScopeCatalog catalog, Store db, IOptions<ApiKeysOptions> options, TimeProvider clock) : PageModel
{
    private const int MostUses = 20;

    [BindProperty(Name = "hours")]
    public string? Hours { get; set; }

    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    public ApiKey Key { get; private set; } = null!;
    public DateTimeOffset Now { get; private set; }
    public IReadOnlyList<ScopeInfo> Scopes { get; private set; } = [];
    public IReadOnlyList<ApiKeyUse> Uses { get; private set; } = [];
    public int? UsedThisMonth { get; private set; }
    public MadeKey Made { get; private set; }

    public bool IsLive => Key.IsLive(Now);

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken ct)
    {
        Hours = "24";
        return await LoadAsync(id, ct) is null ? NotFound() : Page();
    }

    [FreshSignIn]
    public async Task<IActionResult> OnPostRotateAsync(Guid id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is not { } session)
            return NotFound();
        if (!int.TryParse(Hours?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var hours) || hours > ApiKeyChanges.MaxOverlap.TotalHours)
            ModelState.AddModelError("hours", $"Enter a whole number of hours, at most {ApiKeyChanges.MaxOverlap.TotalHours:0}");
        else if (await changes.TooManyAsync(session.UserId, ct) is { } wait)
            ModelState.AddModelError("", $"You have made many keys. Wait {Duration.InWords(wait)}, then try again");
        else if (await changes.RotateAsync(session.User, HttpContext, id, TimeSpan.FromHours(hours), ct) is not { } made)
            return new SeeOtherPage($"/account/keys/{id}");
        else
            Made = made;
        foreach (var problem in Made.Problems ?? [])
            ModelState.AddModelError("hours", problem.Text);
        return Page();
    }

    /// <summary>The name is typed, so that it is not the wrong key.</summary>
    public async Task<IActionResult> OnPostRevokeAsync(Guid id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is not { } session)
            return NotFound();
        if (!string.Equals(Name?.Trim(), Key.Name, StringComparison.Ordinal))
        {
            Hours = "24";
            ModelState.AddModelError("name", $"Enter the name of the key as it is: {Key.Name}");
            return Page();
        }

        await changes.RevokeAsync(session.UserId, session.UserId, HttpContext, id, ct);
        return new SeeOtherPage("/account/keys?done=revoked");
    }

    /// <summary>Null when it is not one of this person; nobody learns of others.</summary>
    private async Task<Session?> LoadAsync(Guid id, CancellationToken ct)
    {
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        if (!options.Value.Enabled || await db.Set<ApiKey>().AsNoTracking().FirstOrDefaultAsync(k => k.Id == id && k.UserId == session.UserId, ct) is not { } mine)
            return null;
        (Key, Now) = (mine, clock.GetUtcNow());
        Scopes = [.. (await catalog.GetAsync(ct)).Find(mine.Scopes)];
        Uses = await db.Set<ApiKeyUse>().AsNoTracking().Where(u => u.ApiKeyId == id).OrderByDescending(u => u.At).Take(MostUses).ToListAsync(ct);
        var month = (Now.UtcDateTime.Year * 12) + Now.UtcDateTime.Month;
        if (mine.MonthlyQuota is not null)
            UsedThisMonth = await db.Set<ApiKeyMonth>().Where(m => m.ApiKeyId == id && m.Month == month).Select(m => m.Count).FirstOrDefaultAsync(ct);
        return session;
    }
}
