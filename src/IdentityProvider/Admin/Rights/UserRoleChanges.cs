using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>An administrator says which roles somebody holds by themselves; what is given the administrator must hold.</summary>
internal sealed class UserRoleChanges(Store db, RightsChange change, EventLog events)
{
    public static string TagOf(IEnumerable<string> names) => EntityTag.Of(names);

    /// <summary>The roles held by themselves, sorted.</summary>
    public static async Task<IReadOnlyList<string>> OwnAsync(Store db, Guid sub, CancellationToken ct) =>
        [.. (await db.Set<UserRole>().Where(held => held.UserId == sub).Join(db.Set<Role>(), held => held.RoleId, role => role.Id, (_, role) => role.Name).ToListAsync(ct)).Order(StringComparer.Ordinal)];

    /// <summary>The groups they are in by themselves, sorted.</summary>
    public static async Task<IReadOnlyList<string>> GroupsAsync(Store db, Guid sub, CancellationToken ct) =>
        await db.Set<GroupMember>().Where(member => member.UserId == sub).Join(db.Set<Group>(), member => member.GroupId, group => group.Id, (_, group) => group.Name).OrderBy(name => name).ToListAsync(ct);

    /// <returns>Null when it is done.</returns>
    public Task<IResult?> ChangeAsync(Guid actor, Guid sub, UserRolesInput input, Func<string, IResult?> stale, CancellationToken ct)
    {
        string[] after = [.. input.Roles!.Distinct().Order(StringComparer.Ordinal)];
        return change.RunAsync(actor, async rights =>
        {
            if (!await db.Set<User>().AnyAsync(user => user.Id == sub, ct))
                return Refusals.Missing("person");
            var all = await db.Set<Role>().AsNoTracking().ToDictionaryAsync(role => role.Id, ct);
            var rows = await db.Set<UserRole>().Where(held => held.UserId == sub).ToListAsync(ct);
            string[] before = [.. rows.Select(row => all[row.RoleId].Name).Order(StringComparer.Ordinal)];
            if (stale(TagOf(before)) is { } lost)
                return lost;
            var names = all.Values.Select(role => role.Name).ToHashSet(StringComparer.Ordinal);
            if (RightsInput.Unknown("roles", input.Roles!, names, "role").ToList() is { Count: > 0 } unknown)
                return new ProblemsResult(unknown);
            var given = all.Values.Where(role => after.Contains(role.Name) && !before.Contains(role.Name)).ToList();
            var taken = rows.Where(row => !after.Contains(all[row.RoleId].Name)).ToList();
            db.AddRange(given.Select(role => new UserRole { UserId = sub, RoleId = role.Id }));
            db.RemoveRange(taken);
            if (!before.SequenceEqual(after))
                events.Record(db, new UserRolesAdministered(actor, sub, before, after));
            return rights.Refuse(given, taken.Select(row => all[row.RoleId]));
        }, ct);
    }
}
