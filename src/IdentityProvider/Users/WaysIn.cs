using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Users;

/// <summary>
/// The ways into an account, of all kinds. Whoever removes one calls <see cref="HoldAsync"/> at the start of the transaction,
/// removes, and commits only if <see cref="RemainAsync"/>: of two removals at once the second waits, and sees what the first left.
/// </summary>
internal sealed class WaysIn(Store db, IEnumerable<IWayIn> kinds, TimeProvider clock)
{
    /// <summary>Keeps the row of the person until the transaction ends.</summary>
    public Task HoldAsync(Guid userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return db.Set<User>().Where(u => u.Id == userId).ExecuteUpdateAsync(set => set.SetProperty(u => u.UpdatedAt, now), ct);
    }

    /// <summary>Is there still a way in?</summary>
    public async Task<bool> RemainAsync(Guid userId, CancellationToken ct) => await CountAsync(userId, ct) > 0;

    public async Task<int> CountAsync(Guid userId, CancellationToken ct)
    {
        var count = 0;
        foreach (var kind in kinds)
            count += await kind.CountAsync(db, userId, ct);
        return count;
    }
}

internal sealed class PasswordWayIn : IWayIn
{
    public Task<int> CountAsync(Store db, Guid userId, CancellationToken ct) => db.Set<User>().CountAsync(u => u.Id == userId && u.PasswordHash != null, ct);
}
