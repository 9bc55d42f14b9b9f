using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup;

/// <summary>Brings the rows of roles to what the document says.</summary>
internal static class RoleRows
{
    /// <summary>Always there; a document or an administrator may change what they permit. Nobody gets more than the name promises.</summary>
    public static readonly IReadOnlyList<RoleEntry> Seeded =
    [
        new() { Name = "user" },
        new() { Name = "moderator", Permissions = ["users:read", Permission.ReadSessions] },
        new() { Name = "admin", Permissions = ["clients:manage", Permission.ManageKeys, Permission.ManageProviders, Permission.ReadProviders, "roles:manage", Permission.ManageSessions, Permission.ReadSessions, "users:manage", "users:read"] },
    ];

    public static async Task SeedAsync(Store db, CancellationToken ct)
    {
        var names = Seeded.Select(role => role.Name).ToArray();
        var there = await db.Set<Role>().Where(role => names.Contains(role.Name)).Select(role => role.Name).ToListAsync(ct);
        db.AddRange(Seeded.Where(role => !there.Contains(role.Name)).Select(role => new Role { Name = role.Name, Permissions = [.. role.Permissions] }));
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
            tally.Count(isNew, changed);
        }

        return tally.Result;
    }
}
