using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup;

/// <summary>Brings the rows of service accounts to what the document says; one that it does not name is left alone.</summary>
internal sealed class ServiceAccountRows(Store db, DateTimeOffset now)
{
    public async Task<SetupCounts> ApplyAsync(IReadOnlyList<ServiceAccountEntry> entries, CancellationToken ct)
    {
        var tally = new SetupTally("service accounts");
        var roles = entries.Count == 0 ? [] : await db.Set<Role>().ToDictionaryAsync(role => role.Name, role => role.Id, ct);
        foreach (var part in entries.Chunk(500))
        {
            var names = part.Select(entry => UserNames.Normalize(entry.Name)).ToArray();
            var rows = await db.Set<User>().Where(user => user.ServiceSince != null && names.Contains(user.NormalizedUserName)).ToDictionaryAsync(user => user.NormalizedUserName!, ct);
            var ids = rows.Values.Select(user => user.Id).ToArray();
            var held = (await db.Set<UserRole>().Where(held => ids.Contains(held.UserId)).ToListAsync(ct)).ToLookup(held => held.UserId);
            foreach (var entry in part)
            {
                rows.TryGetValue(UserNames.Normalize(entry.Name), out var row);
                Apply(tally, entry, row, roles, held);
            }
        }

        return tally.Result;
    }

    private void Apply(SetupTally tally, ServiceAccountEntry entry, User? row, Dictionary<string, Guid> roles, ILookup<Guid, UserRole> held)
    {
        var isNew = row is null;
        if (row is null)
            db.Add(row = User.ForService(entry.Name, null, Handle.Create(), now));
        row.Name = entry.Description ?? row.Name;
        var rolesChanged = entry.Roles is not null && UserRows.SetRoles(db, row, [.. entry.Roles.Select(name => roles[name])], [.. held[row.Id]]);
        var changed = !isNew && (db.Entry(row).State != EntityState.Unchanged || rolesChanged);
        tally.Count(entry.Name, isNew, changed, db.Entry(row), rolesChanged ? ["roles"] : []);
        if (!changed)
            return;
        row.UpdatedAt = now;
        row.ConcurrencyStamp = Guid.CreateVersion7().ToString();
    }
}
