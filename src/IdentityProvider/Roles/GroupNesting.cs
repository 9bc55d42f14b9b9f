using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Roles;

/// <summary>Puts groups into groups: no group lies in itself, also when two requests would each put one into the other.</summary>
internal sealed class GroupNesting(Store db)
{
    /// <summary>
    /// Sets which groups lie directly in these, and with it everything that follows. Joins the caller's transaction, which holds the
    /// <see cref="RoleLock"/>: what is read here nobody else changes meanwhile. New groups have to be saved before.
    /// </summary>
    /// <returns>What is wrong, and then nothing is changed; null: it is tracked and may be saved.</returns>
    public async Task<string?> SetAsync(IReadOnlyDictionary<Guid, IReadOnlyCollection<Guid>> changed, CancellationToken ct)
    {
        var groups = await db.Set<Group>().Select(group => group.Id).ToListAsync(ct);
        var rows = await db.Set<GroupPath>().ToDictionaryAsync(path => (path.InnerId, path.OuterId), ct);
        var inner = rows.Values.Where(path => path.Distance == 1 && !changed.ContainsKey(path.OuterId)).Select(path => (Outer: path.OuterId, Inner: path.InnerId))
            .Concat(changed.SelectMany(group => group.Value.Select(within => (Outer: group.Key, Inner: within))))
            .ToLookup(pair => pair.Outer, pair => pair.Inner);
        var closure = GroupGraph.Close(groups, inner);
        if (closure.Problem is not null)
            return closure.Problem;

        foreach (var (pair, distance) in closure.Paths)
            if (rows.TryGetValue(pair, out var row))
                row.Distance = distance;
            else
                db.Add(new GroupPath { InnerId = pair.Inner, OuterId = pair.Outer, Distance = distance });
        db.RemoveRange(rows.Where(row => !closure.Paths.ContainsKey(row.Key)).Select(row => row.Value));
        return null;
    }

    /// <summary>Takes a group away, out of all others. What lay in it lies in them no longer, unless by another way.</summary>
    public async Task RemoveAsync(Group group, CancellationToken ct)
    {
        var outer = await db.Set<GroupPath>().Where(path => path.InnerId == group.Id && path.Distance == 1).Select(path => path.OuterId).ToListAsync(ct);
        var rest = (await db.Set<GroupPath>().Where(path => outer.Contains(path.OuterId) && path.Distance == 1 && path.InnerId != group.Id).ToListAsync(ct)).ToLookup(path => path.OuterId, path => path.InnerId);
        var changed = outer.ToDictionary(id => id, id => (IReadOnlyCollection<Guid>)[.. rest[id]]);
        changed[group.Id] = [];
        await SetAsync(changed, ct);
        await db.SaveChangesAsync(ct);
        await db.Set<GroupPath>().Where(path => path.InnerId == group.Id).ExecuteDeleteAsync(ct);
        await db.Set<Group>().Where(row => row.Id == group.Id).ExecuteDeleteAsync(ct);
    }
}
