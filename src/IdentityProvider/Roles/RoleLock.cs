using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Roles;

/// <summary>
/// Changes of who may do what wait for each other: each is decided by what the one before left, on every node. The lock is the row of the
/// role admin, held until the transaction ends; on SQLite the transaction itself is alone.
/// </summary>
internal static class RoleLock
{
    public static Task TakeAsync(Store db, CancellationToken ct) =>
        db.Set<Role>().Where(role => role.Name == SeededRoles.Admin).ExecuteUpdateAsync(set => set.SetProperty(role => role.Name, SeededRoles.Admin), ct);
}
