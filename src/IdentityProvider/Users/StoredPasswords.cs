using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Users;

internal sealed class StoredPasswords(Store db)
{
    /// <summary>
    /// Replaces the hash of an unchanged password by a better one. Written only where the old hash still stands: a password
    /// changed meanwhile stays changed. False if it was.
    /// </summary>
    public async Task<bool> SavePasswordAsync(Guid userId, string? oldHash, string newHash, CancellationToken ct) =>
        await db.Set<User>()
            .Where(u => u.Id == userId && u.PasswordHash == oldHash)
            .ExecuteUpdateAsync(user => user.SetProperty(u => u.PasswordHash, newHash), ct) > 0;
}
