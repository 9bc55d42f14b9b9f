using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup;

/// <summary>
/// Brings the rows of users to what the document says. What an entry leaves out stays as the person has it; a password is
/// written only when it is not the stored one, because a new hash of the same password would be a change.
/// </summary>
internal sealed class UserRows(Store db, Passwords passwords, DateTimeOffset now)
{
    public async Task<SetupCounts> ApplyAsync(IReadOnlyList<UserEntry> entries, CancellationToken ct)
    {
        var tally = new SetupTally("users");
        var roles = entries.Count == 0 ? [] : await db.Set<Role>().ToDictionaryAsync(role => role.Name, role => role.Id, ct);
        foreach (var part in entries.Chunk(500))
        {
            var names = part.Select(entry => UserNames.Normalize(entry.Username)).ToArray();
            var rows = await db.Set<User>().Where(user => names.Contains(user.NormalizedUserName)).ToDictionaryAsync(user => user.NormalizedUserName!, ct);
            var ids = rows.Values.Select(user => user.Id).ToArray();
            var held = (await db.Set<UserRole>().Where(held => ids.Contains(held.UserId)).ToListAsync(ct)).ToLookup(held => held.UserId);
            foreach (var entry in part)
            {
                rows.TryGetValue(UserNames.Normalize(entry.Username), out var row);
                await ApplyAsync(tally, entry, row, roles, held, ct);
            }
        }

        return tally.Result;
    }

    private async Task ApplyAsync(SetupTally tally, UserEntry entry, User? row, Dictionary<string, Guid> roles, ILookup<Guid, UserRole> held, CancellationToken ct)
    {
        var isNew = row is null;
        if (row is null)
            db.Add(row = new User { CreatedAt = now, UpdatedAt = now, LockoutEnabled = true, SecurityStamp = Handle.Create() });
        Profile(entry, row);
        await PasswordAsync(entry, row, ct);
        var rolesChanged = entry.Roles is not null && SetRoles(db, row, [.. entry.Roles.Select(name => roles[name])], [.. held[row.Id]]);
        var changed = !isNew && (db.Entry(row).State != EntityState.Unchanged || rolesChanged);
        tally.Count(row.Id.ToString(), isNew, changed, db.Entry(row), rolesChanged ? ["roles"] : []);
        if (!changed)
            return;
        row.UpdatedAt = now;
        row.ConcurrencyStamp = Guid.CreateVersion7().ToString();
    }

    private static void Profile(UserEntry entry, User row)
    {
        row.UserName = entry.Username;
        row.NormalizedUserName = UserNames.Normalize(entry.Username);
        row.Name = entry.Name ?? row.Name;
        if (entry.Email is { } email)
        {
            // Another address has not been proven by the proof of the old one.
            row.EmailConfirmed &= row.NormalizedEmail == UserNames.Normalize(email);
            row.Email = email;
            row.NormalizedEmail = UserNames.Normalize(email);
        }

        row.EmailConfirmed = entry.EmailVerified ?? row.EmailConfirmed;
    }

    private async Task PasswordAsync(UserEntry entry, User row, CancellationToken ct)
    {
        if (entry.PasswordHash is { } hash && row.PasswordHash is null)
            row.PasswordHash = hash;
        if (entry.Password is not { } password)
            return;
        var outcome = row.PasswordHash is null ? PasswordOutcome.Wrong : await passwords.VerifyAsync(row.PasswordHash, password, ct);
        if (outcome == PasswordOutcome.Busy)
            throw new InvalidOperationException($"The password of {entry.Username} could not be checked: the hashing queue is full.");
        if (outcome != PasswordOutcome.Wrong)
            return;
        row.PasswordHash = await passwords.HashAsync(password, ct);

        // Whoever signed in with the old password is signed out.
        row.SecurityStamp = Handle.Create();
    }

    public static bool SetRoles(Store db, User row, HashSet<Guid> wanted, UserRole[] held)
    {
        // What follows from a provider's word is left to it, unless the document gives it for good.
        var gone = held.Where(role => role.ProviderId is null && !wanted.Contains(role.RoleId)).ToList();
        var kept = held.Where(role => role.ProviderId is not null && wanted.Contains(role.RoleId)).ToList();
        kept.ForEach(role => role.ProviderId = null);
        var missing = wanted.Where(id => held.All(role => role.RoleId != id)).Select(id => new UserRole { UserId = row.Id, RoleId = id }).ToList();
        db.RemoveRange(gone);
        db.AddRange(missing);
        return gone.Count + kept.Count + missing.Count > 0;
    }
}
