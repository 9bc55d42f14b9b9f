using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>An administrator adds, changes and removes roles; what all their holders gain the administrator must hold.</summary>
internal sealed class RoleChanges(Store db, RightsChange change, EventLog events)
{
    private const int Most = 1000;

    public static string TagOf(Role role) => EntityTag.Of([role.Name], role.Permissions);

    /// <summary>What the annotations do not say.</summary>
    public static IEnumerable<Problem> Rules(RoleInput input) => [.. RightsInput.NameProblems(input.Name), .. PermissionRules.Held(input.Permissions)];

    public async Task<(Role? Role, IResult? Refused)> AddAsync(Guid actor, RoleInput input, CancellationToken ct)
    {
        var role = new Role { Name = input.Name, Permissions = [.. input.Permissions.Distinct()] };
        var refused = await change.RunAsync(actor, async rights =>
        {
            if (await db.Set<Role>().AnyAsync(row => row.Name == role.Name, ct))
                return Refusals.Conflict("There is a role of this name. Change that one.");
            if (await db.Set<Role>().CountAsync(ct) >= Most)
                return Refusals.Conflict($"There are {Most} roles already. Remove one first.");
            db.Add(role);
            events.Record(db, new RoleAdministered(actor, role.Name, "created", [], role.Permissions));
            return rights.Refuse(role.Permissions);
        }, ct);
        return (role, refused);
    }

    public async Task<(Role? Role, IResult? Refused)> ChangeAsync(Guid actor, string name, RoleInput input, Func<string, IResult?> stale, CancellationToken ct)
    {
        Role? role = null;
        var refused = await change.RunAsync(actor, async rights =>
        {
            role = await RolesApi.RoleAsync(db.Set<Role>(), name, ct);
            if (role is null)
                return Refusals.Missing("role");
            if (stale(TagOf(role)) is { } lost)
                return lost;
            var before = role.Permissions;
            role.Permissions = [.. input.Permissions.Distinct()];
            if (!before.SequenceEqual(role.Permissions))
                events.Record(db, new RoleAdministered(actor, name, "changed", before, role.Permissions));
            return Kept(name, before, role.Permissions) ?? rights.Refuse(name == SeededRoles.Admin ? before.Concat(role.Permissions) : role.Permissions.Except(before));
        }, ct);
        return (role, refused);
    }

    public async Task<IResult?> RemoveAsync(Guid actor, string name, Func<string, IResult?> stale, CancellationToken ct)
    {
        return await change.RunAsync(actor, async _ =>
        {
            if (await RolesApi.RoleAsync(db.Set<Role>(), name, ct) is not { } role)
                return Refusals.Missing("role");
            if (SeededRoles.Permissions.ContainsKey(name))
                return Refusals.Conflict("user, moderator and admin stay. Change what they permit instead.");
            if (stale(TagOf(role)) is { } lost)
                return lost;
            db.Remove(role);
            events.Record(db, new RoleAdministered(actor, name, "removed", role.Permissions, []));
            return null;
        }, ct);
    }

    /// <summary>Without these nobody could give anything back.</summary>
    private static ProblemsResult? Kept(string name, List<string> before, List<string> after)
    {
        var lost = name == SeededRoles.Admin ? new[] { Permission.ReadRoles, Permission.ManageRoles }.Where(kept => before.Contains(kept) && !after.Contains(kept)).ToList() : [];
        return lost.Count == 0 ? null : new ProblemsResult([.. lost.Select(kept => new Problem("permissions", $"of admin keep {kept}: without it nobody could give anything back."))]);
    }
}
