using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup;

/// <summary>Brings the rows of groups to what the document says: their roles, the groups in them and, where it names them, their members.</summary>
internal static class GroupRows
{
    public static async Task<SetupCounts> ApplyAsync(Store db, IReadOnlyList<GroupEntry> entries, CancellationToken ct)
    {
        var tally = new SetupTally("groups");
        if (entries.Count == 0)
            return tally.Result;
        var rows = await db.Set<Group>().ToDictionaryAsync(group => group.Name, ct);
        var isNew = entries.Where(entry => !rows.ContainsKey(entry.Name)).Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (!rows.TryGetValue(entry.Name, out var row))
                db.Add(row = rows[entry.Name] = new Group { Name = entry.Name });
            row.Description = entry.Description;
        }

        // The groups in a group may be described after it.
        var changed = entries.Where(entry => db.Entry(rows[entry.Name]).State == EntityState.Modified).Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        await db.SaveChangesAsync(ct);
        var inner = entries.ToDictionary(entry => rows[entry.Name].Id, entry => (IReadOnlyCollection<Guid>)[.. entry.Groups.Distinct().Select(name => rows[name].Id)]);
        if (await new GroupNesting(db).SetAsync(inner, ct) is { } problem)
            throw new InvalidOperationException($"A group of the documents {problem}");
        var names = rows.Values.ToDictionary(group => group.Id, group => group.Name);
        changed.UnionWith(db.ChangeTracker.Entries<GroupPath>().Where(path => path.State != EntityState.Unchanged).Select(path => names[path.Entity.OuterId]));

        foreach (var entry in entries)
        {
            var (roles, members) = (await RolesAsync(db, rows[entry.Name].Id, entry, ct), await MembersAsync(db, rows[entry.Name].Id, entry, ct));
            tally.Count(entry.Name, isNew.Contains(entry.Name), roles || members || changed.Contains(entry.Name), null, [.. new[] { (roles, "roles"), (members, "members"), (changed.Contains(entry.Name), "description or groups") }.Where(part => part.Item1).Select(part => part.Item2)]);
        }

        return tally.Result;
    }

    private static async Task<bool> RolesAsync(Store db, Guid groupId, GroupEntry entry, CancellationToken ct)
    {
        var wanted = await db.Set<Role>().Where(role => entry.Roles.Contains(role.Name)).Select(role => role.Id).ToListAsync(ct);
        var carried = await db.Set<GroupRole>().Where(role => role.GroupId == groupId).ToListAsync(ct);
        var gone = carried.Where(role => !wanted.Contains(role.RoleId)).ToList();
        var added = wanted.Where(id => carried.TrueForAll(role => role.RoleId != id)).Select(id => new GroupRole { GroupId = groupId, RoleId = id }).ToList();
        db.RemoveRange(gone);
        db.AddRange(added);
        return gone.Count + added.Count > 0;
    }

    private static async Task<bool> MembersAsync(Store db, Guid groupId, GroupEntry entry, CancellationToken ct)
    {
        if (entry.Members is not { } members)
            return false;
        var wanted = new HashSet<Guid>();
        foreach (var names in members.Select(UserNames.Normalize).Distinct().Chunk(500))
            wanted.UnionWith(await db.Set<User>().Where(user => names.Contains(user.NormalizedUserName)).Select(user => user.Id).ToListAsync(ct));
        var there = await db.Set<GroupMember>().Where(member => member.GroupId == groupId).ToListAsync(ct);
        var gone = there.Where(member => !wanted.Contains(member.UserId)).ToList();
        var added = wanted.Except(there.Select(member => member.UserId)).Select(id => new GroupMember { GroupId = groupId, UserId = id }).ToList();
        db.RemoveRange(gone);
        db.AddRange(added);
        return gone.Count + added.Count > 0;
    }
}
