using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Users;

/// <summary>Writes password hashes, each only over the one that was read.</summary>
internal sealed class StoredPasswords(Store db, TimeProvider clock)
{
    /// <summary>
    /// Replaces the hash of an unchanged password by a better one. Written only where the old hash still stands: a password
    /// changed meanwhile stays changed. False if it was.
    /// </summary>
    public async Task<bool> SavePasswordAsync(Guid userId, string? oldHash, string newHash, CancellationToken ct) =>
        await db.Set<User>()
            .Where(u => u.Id == userId && u.PasswordHash == oldHash)
            .ExecuteUpdateAsync(user => user.SetProperty(u => u.PasswordHash, newHash), ct) > 0;

    /// <summary>
    /// Sets another password, unless one was set since <paramref name="oldHash"/> was read: of two at once one wins. Proofs that
    /// hang on the old one (the security stamp) are void.
    /// </summary>
    public async Task<bool> ReplacePasswordAsync(Guid userId, string? oldHash, string newHash, CancellationToken ct)
    {
        var (now, stamp) = (clock.GetUtcNow(), Handle.Create());
        return await db.Set<User>()
            .Where(u => u.Id == userId && u.PasswordHash == oldHash)
            .ExecuteUpdateAsync(user => user
                .SetProperty(u => u.PasswordHash, newHash)
                .SetProperty(u => u.SecurityStamp, stamp)
                .SetProperty(u => u.UpdatedAt, now), ct) > 0;
    }

    /// <summary>From here on no password opens the account, and proofs that hang on the old one are void. False where there was none.</summary>
    public async Task<bool> VoidPasswordAsync(Guid userId, CancellationToken ct)
    {
        var (now, stamp) = (clock.GetUtcNow(), Handle.Create());
        return await db.Set<User>()
            .Where(u => u.Id == userId && u.PasswordHash != null)
            .ExecuteUpdateAsync(user => user
                .SetProperty(u => u.PasswordHash, (string?)null)
                .SetProperty(u => u.SecurityStamp, stamp)
                .SetProperty(u => u.UpdatedAt, now), ct) > 0;
    }
}

/// <summary>Somebody has another password, and why.</summary>
internal sealed record PasswordChanged(Guid UserId, string Reason) : IEvent
{
    public string Name => "users.password_changed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("reason", Reason)];
}
