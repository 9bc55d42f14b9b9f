using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Users;

internal sealed class UserLookup(Store db)
{
    private const int MaxLength = 256;

    /// <summary>The user, not tracked, who signs in with this user name or e-mail address.</summary>
    public async Task<User?> FindAsync(string usernameOrEmail, CancellationToken ct)
    {
        // Nobody can bear such a name, and PostgreSQL refuses text with a zero byte.
        if (usernameOrEmail.Length > MaxLength || usernameOrEmail.Any(char.IsControl))
            return null;
        var name = UserNames.Normalize(usernameOrEmail);
        // The owner of an address comes before somebody who took it for a user name.
        return await db.Set<User>().AsNoTracking()
            .Where(u => u.NormalizedUserName == name || u.NormalizedEmail == name)
            .OrderByDescending(u => u.NormalizedEmail == name)
            .FirstOrDefaultAsync(ct);
    }
}
