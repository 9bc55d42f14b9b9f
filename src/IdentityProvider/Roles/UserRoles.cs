using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Roles;

internal sealed class UserRoles(Store db)
{
    /// <summary>The names of the roles a user holds, sorted.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(Guid userId, CancellationToken ct) => await Held(userId).Select(role => role.Name).OrderBy(name => name).ToListAsync(ct);

    /// <summary>The roles a user holds, with what they permit. Read each time: one that is taken away is gone at the next request.</summary>
    public async Task<IReadOnlyList<Role>> HeldByAsync(Guid userId, CancellationToken ct) => await Held(userId).AsNoTracking().OrderBy(role => role.Name).ToListAsync(ct);

    /// <summary>May the user do this now?</summary>
    public async Task<bool> PermitAsync(Guid userId, string permission, CancellationToken ct) =>
        (await HeldByAsync(userId, ct)).Any(role => role.Permissions.Exists(held => Permission.Implies(held, permission)));

    private IQueryable<Role> Held(Guid userId) =>
        db.Set<UserRole>().Where(held => held.UserId == userId).Join(db.Set<Role>(), held => held.RoleId, role => role.Id, (_, role) => role);
}
