using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>
/// An administrator adds, changes and removes groups and their members. A group is a way to give roles: whoever comes to be in it, by itself or
/// inside another group, gains all that it and those around it carry, and the administrator must hold it.
/// </summary>
internal sealed class GroupChanges(Store db, RightsChange change, GroupNesting nesting, EventLog events)
{
    public async Task<(GroupState? State, IResult? Refused)> AddAsync(Guid actor, GroupInput input, CancellationToken ct)
    {
        GroupState? state = null;
        var refused = await change.RunAsync(actor, async rights =>
        {
            if (await db.Set<Group>().AnyAsync(row => row.Name == input.Name, ct))
                return Refusals.Conflict("There is a group of this name. Change that one.");
            var group = new Group { Name = input.Name };
            db.Add(group);
            await db.SaveChangesAsync(ct);
            var (after, problem) = await ApplyAsync(rights, group, input, new GroupState(input.Name, null, [], []), ct);
            state = after;
            events.Record(db, new GroupAdministered(actor, group.Name, "created", "") { After = after });
            return problem;
        }, ct);
        return (state, refused);
    }

    public async Task<(GroupState? State, IResult? Refused)> ChangeAsync(Guid actor, string name, GroupInput input, Func<string, IResult?> stale, CancellationToken ct)
    {
        GroupState? state = null;
        var refused = await change.RunAsync(actor, async rights =>
        {
            if (await GroupState.FindAsync(db, name, ct) is not { } found)
                return Refusals.Missing("group");
            var before = found.State;
            if (stale(before.Tag) is { } lost)
                return lost;
            var (after, problem) = await ApplyAsync(rights, found.Group, input, before, ct);
            state = after;
            if (after.Tag != before.Tag)
                events.Record(db, new GroupAdministered(actor, name, "changed", "") { Before = before, After = after });
            return problem;
        }, ct);
        return (state, refused);
    }

    public async Task<IResult?> RemoveAsync(Guid actor, string name, Func<string, IResult?> stale, CancellationToken ct)
    {
        return await change.RunAsync(actor, async rights =>
        {
            if (await GroupState.FindAsync(db, name, ct) is not { } found)
                return Refusals.Missing("group");
            if ((stale(found.State.Tag) ?? rights.Refuse([], await CarriedAsync(found.Group.Id, ct))) is { } problem)
                return problem;
            await nesting.RemoveAsync(found.Group, ct);
            events.Record(db, new GroupAdministered(actor, name, "removed", "") { Before = found.State });
            return null;
        }, ct);
    }

    public async Task<IResult?> AddMemberAsync(Guid actor, string name, Guid userId, CancellationToken ct)
    {
        return await change.RunAsync(actor, async rights =>
        {
            if (await GroupState.FindAsync(db, name, ct) is not { } found || !await db.Set<User>().AnyAsync(user => user.Id == userId, ct))
                return Refusals.Missing("group or person");
            if (!await db.Set<GroupMember>().AnyAsync(member => member.UserId == userId && member.GroupId == found.Group.Id, ct))
            {
                db.Add(new GroupMember { UserId = userId, GroupId = found.Group.Id });
                events.Record(db, new GroupAdministered(actor, name, "member_added", userId.ToString()));
            }

            return rights.Refuse(await CarriedAsync(found.Group.Id, ct), []);
        }, ct);
    }

    public async Task<IResult?> RemoveMemberAsync(Guid actor, string name, Guid userId, CancellationToken ct)
    {
        return await change.RunAsync(actor, async rights =>
        {
            if (await GroupState.FindAsync(db, name, ct) is not { } found || await db.Set<GroupMember>().FirstOrDefaultAsync(member => member.UserId == userId && member.GroupId == found.Group.Id, ct) is not { } member)
                return Refusals.Missing("group, or member of it");
            db.Remove(member);
            events.Record(db, new GroupAdministered(actor, name, "member_removed", userId.ToString()));
            return rights.Refuse([], await CarriedAsync(found.Group.Id, ct));
        }, ct);
    }

    private async Task<(GroupState State, IResult? Refused)> ApplyAsync(HeldRights rights, Group group, GroupInput input, GroupState before, CancellationToken ct)
    {
        var roles = await db.Set<Role>().AsNoTracking().ToDictionaryAsync(role => role.Name, ct);
        var groups = await db.Set<Group>().ToDictionaryAsync(row => row.Name, row => row.Id, ct);
        var after = new GroupState(group.Name, input.Description, [.. input.Roles.Distinct().Order(StringComparer.Ordinal)], [.. input.Groups.Distinct().Order(StringComparer.Ordinal)]);
        Problem[] unknown = [.. RightsInput.Unknown("roles", input.Roles, roles.Keys, "role"), .. RightsInput.Unknown("groups", input.Groups, groups.Keys, "group")];
        if (unknown.Length > 0)
            return (after, new ProblemsResult(unknown));

        group.Description = input.Description;
        var carried = await db.Set<GroupRole>().Where(role => role.GroupId == group.Id).ToListAsync(ct);
        db.RemoveRange(carried.Where(role => !after.Roles.Any(name => roles[name].Id == role.RoleId)));
        db.AddRange(after.Roles.Except(before.Roles).Select(name => new GroupRole { GroupId = group.Id, RoleId = roles[name].Id }));
        if (await nesting.SetAsync(new Dictionary<Guid, IReadOnlyCollection<Guid>> { [group.Id] = [.. after.Groups.Select(name => groups[name])] }, ct) is { } problem)
            return (after, Refusals.Conflict($"A group {problem}"));

        // Those in the group gain the roles it is given; groups that come in gain all it and those around it carry.
        var around = await CarriedAsync(group.Id, ct);
        var given = after.Roles.Except(before.Roles).Select(name => roles[name]).Concat(after.Groups.Except(before.Groups).Any() ? around : []);
        var taken = before.Roles.Except(after.Roles).Select(name => roles[name]).Concat(before.Groups.Except(after.Groups).Any() ? around : []);
        return (after, rights.Refuse(given, taken));
    }

    /// <summary>What comes to whoever is in the group, as it is stored.</summary>
    private Task<List<Role>> CarriedAsync(Guid groupId, CancellationToken ct)
    {
        var ids = db.Set<GroupPath>().Where(path => path.InnerId == groupId).Join(db.Set<GroupRole>(), path => path.OuterId, carried => carried.GroupId, (_, carried) => carried.RoleId);
        return db.Set<Role>().AsNoTracking().Where(role => ids.Contains(role.Id)).ToListAsync(ct);
    }
}
