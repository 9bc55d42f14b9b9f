using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Roles;

internal sealed class UserRoles(Store db)
{
    /// <summary>The names of the roles a user holds, sorted.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(Guid userId, CancellationToken ct) =>
        await db.Set<UserRole>()
            .Where(held => held.UserId == userId)
            .Join(db.Set<Role>(), held => held.RoleId, role => role.Id, (_, role) => role.Name)
            .OrderBy(name => name)
            .ToListAsync(ct);
}
