using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys;

/// <summary>/account/keys: the keys that work, and those that ended lately.</summary>
[SignedInPage]
internal sealed class KeysPage(SessionStore sessions, Store db, IOptions<ApiKeysOptions> options, TimeProvider clock) : PageModel
{
    public IReadOnlyList<ApiKey> Live { get; private set; } = [];
    public IReadOnlyList<ApiKey> Ended { get; private set; } = [];
    public DateTimeOffset Now { get; private set; }
    public bool IsFull => Live.Count >= options.Value.MaxPerUser;
    public int Most => options.Value.MaxPerUser;
    public bool IsRevoked { get; private set; }

    /// <summary>Said on the page before the mail says it.</summary>
    public bool EndsSoon(ApiKey key) => key.SuccessorId is null && key.ExpiresAt - Now <= options.Value.WarnBefore;

    public async Task<IActionResult> OnGetAsync([FromQuery(Name = "done")] string? done, CancellationToken ct)
    {
        if (!options.Value.Enabled)
            return NotFound();
        var userId = (await sessions.FindAsync(HttpContext, ct))!.UserId;
        Now = clock.GetUtcNow();
        var all = await db.Set<ApiKey>().AsNoTracking().Where(k => k.UserId == userId).OrderByDescending(k => k.CreatedAt).ToListAsync(ct);
        (Live, Ended) = ([.. all.Where(key => key.IsLive(Now))], [.. all.Where(key => !key.IsLive(Now)).Take(20)]);
        IsRevoked = done is "revoked";
        return Page();
    }
}
