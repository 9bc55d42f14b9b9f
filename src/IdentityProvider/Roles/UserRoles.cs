using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Roles;

/// <summary>What people hold: the roles they were given, and those of the groups they are in, however deep.</summary>
internal sealed class UserRoles(Store db)
{
    /// <summary>The names of the roles a user holds, sorted.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(Guid userId, CancellationToken ct) => await Held(userId).Select(role => role.Name).OrderBy(name => name).ToListAsync(ct);

    /// <summary>The roles a user holds, with what they permit. Read each time: one that is taken away is gone at the next request.</summary>
    public async Task<IReadOnlyList<Role>> HeldByAsync(Guid userId, CancellationToken ct) => await Held(userId).AsNoTracking().OrderBy(role => role.Name).ToListAsync(ct);

    /// <summary>May the user do this now?</summary>
    public async Task<bool> PermitAsync(Guid userId, string permission, CancellationToken ct) =>
        (await HeldByAsync(userId, ct)).Any(role => role.Permissions.Exists(held => Permission.Implies(held, permission)));

    /// <summary>Everybody who holds a role.</summary>
    public static IQueryable<Guid> Holders(Store db, string role) =>
        db.Set<UserRole>().Where(held => db.Set<Role>().Any(r => r.Id == held.RoleId && r.Name == role)).Select(held => held.UserId)
            .Union(Carried(db).Where(carried => db.Set<Role>().Any(r => r.Id == carried.RoleId && r.Name == role)).Select(carried => carried.UserId));

    private IQueryable<Role> Held(Guid userId)
    {
        var ids = db.Set<UserRole>().Where(held => held.UserId == userId).Select(held => held.RoleId)
            .Union(Carried(db).Where(carried => carried.UserId == userId).Select(carried => carried.RoleId));
        return db.Set<Role>().Where(role => ids.Contains(role.Id));
    }

    /// <summary>Which roles come to whom through groups: the pairs of nested groups are stored, so that this is three joins and no recursion.</summary>
    private static IQueryable<UserRole> Carried(Store db) =>
        from member in db.Set<GroupMember>()
        join path in db.Set<GroupPath>() on member.GroupId equals path.InnerId
        join carried in db.Set<GroupRole>() on path.OuterId equals carried.GroupId
        select new UserRole { UserId = member.UserId, RoleId = carried.RoleId };
}
