using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.ApiKeys.Admin;

/// <summary>Everybody's keys, the newest first, page by page; the page and the API find them alike.</summary>
internal sealed class KeySearch(Store db, UserLookup users, TimeProvider clock)
{
    public const string Working = "working", Ended = "ended", Unused = "unused";

    /// <param name="user">A user name, an address or a subject; null: everybody.</param>
    /// <param name="state">working, ended, or unused: working and never used; null: all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="after">The last one of the page before.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(IReadOnlyList<ApiKey> Keys, Guid? Next)> FindAsync(string? user, string? state, int limit, Guid? after, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var found = db.Set<ApiKey>().AsNoTracking();
        if (user?.Trim() is { Length: > 0 } name)
        {
            var owner = Guid.TryParse(name, out var subject) ? subject : (await users.FindAsync(name, ct))?.Id;
            found = found.Where(k => k.UserId == owner);
        }

        if (state is Working or Unused)
            found = found.Where(k => k.RevokedAt == null && k.ExpiresAt > now && (state == Working || k.LastUsedAt == null));
        else if (state == Ended)
            found = found.Where(k => k.RevokedAt != null || k.ExpiresAt <= now);

        // Ids are in the order of time.
        if (after is { } last)
            found = found.Where(k => k.Id.CompareTo(last) < 0);
        var keys = await found.OrderByDescending(k => k.Id).Take(limit + 1).ToListAsync(ct);
        return ([.. keys.Take(limit)], keys.Count > limit ? keys[limit - 1].Id : null);
    }
}
