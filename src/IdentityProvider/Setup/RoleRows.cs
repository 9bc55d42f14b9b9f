using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup;

/// <summary>Brings the rows of roles to what the document says.</summary>
internal static class RoleRows
{
    public static async Task SeedAsync(Store db, CancellationToken ct)
    {
        var names = SeededRoles.Permissions.Keys.ToArray();
        var there = await db.Set<Role>().Where(role => names.Contains(role.Name)).Select(role => role.Name).ToListAsync(ct);
        db.AddRange(SeededRoles.Permissions.Where(role => !there.Contains(role.Key)).Select(role => new Role { Name = role.Key, Permissions = [.. role.Value] }));
        await db.SaveChangesAsync(ct);
    }

    public static async Task<SetupCounts> ApplyAsync(Store db, IReadOnlyList<RoleEntry> entries, CancellationToken ct)
    {
        var tally = new SetupTally("roles");
        var names = entries.Select(entry => entry.Name).ToArray();
        var rows = await db.Set<Role>().Where(role => names.Contains(role.Name)).ToDictionaryAsync(role => role.Name, ct);
        foreach (var entry in entries)
        {
            var isNew = !rows.TryGetValue(entry.Name, out var row);
            if (row is null)
                db.Add(row = new Role { Name = entry.Name });
            var changed = !row.Permissions.SequenceEqual(entry.Permissions);
            if (changed)
                row.Permissions = [.. entry.Permissions];
            tally.Count(entry.Name, isNew, changed, db.Entry(row));
        }

        return tally.Result;
    }
}
