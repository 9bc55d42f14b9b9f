using IdentityProvider.Admin.Rights;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.People;

/// <summary>What somebody holds, and where each of it comes from.</summary>
/// <param name="Roles">By name, with the ways they come: "" is directly.</param>
/// <param name="Groups">Those they are in by themselves.</param>
/// <param name="Permissions">What follows; what another one implies is left out.</param>
internal sealed record HeldByPerson(IReadOnlyList<HeldRole> Roles, IReadOnlyList<string> Groups, IReadOnlyList<string> Permissions);

/// <summary>A role somebody holds.</summary>
/// <param name="Name">Which.</param>
/// <param name="Ways">From where, in words.</param>
internal sealed record HeldRole(string Name, IReadOnlyList<string> Ways);

internal sealed class PersonRights(Store db)
{
    /// <summary>As many ways as a page can tell of.</summary>
    private const int MostWays = 1000;

    public async Task<HeldByPerson> OfAsync(Guid sub, CancellationToken ct)
    {
        var own = await db.Set<UserRole>().Where(held => held.UserId == sub).Select(held => new { held.RoleId, IsOfProvider = held.ProviderId != null }).ToListAsync(ct);
        var carried = await (
            from member in db.Set<GroupMember>()
            where member.UserId == sub
            join path in db.Set<GroupPath>() on member.GroupId equals path.InnerId
            join role in db.Set<GroupRole>() on path.OuterId equals role.GroupId
            join inner in db.Set<Group>() on path.InnerId equals inner.Id
            join outer in db.Set<Group>() on path.OuterId equals outer.Id
            select new { role.RoleId, Inner = inner.Name, Outer = outer.Name }).Take(MostWays).ToListAsync(ct);
        var ways = own.Select(held => (held.RoleId, Way: held.IsOfProvider ? "from the provider they sign in with" : "directly"))
            .Concat(carried.Select(way => (way.RoleId, Way: way.Inner == way.Outer ? $"through {way.Inner}" : $"through {way.Inner}, which is in {way.Outer}")))
            .ToLookup(way => way.RoleId, way => way.Way);
        var ids = ways.Select(way => way.Key).ToList();
        var roles = await db.Set<Role>().AsNoTracking().Where(role => ids.Contains(role.Id)).OrderBy(role => role.Name).ToListAsync(ct);
        var all = roles.SelectMany(role => role.Permissions).Distinct(StringComparer.Ordinal).ToList();
        return new HeldByPerson(
            [.. roles.Select(role => new HeldRole(role.Name, [.. ways[role.Id].Distinct(StringComparer.Ordinal)]))],
            await UserRoleChanges.GroupsAsync(db, sub, ct),
            [.. all.Where(one => !all.Exists(other => other != one && Permission.Implies(other, one))).Order(StringComparer.Ordinal)]);
    }
}
