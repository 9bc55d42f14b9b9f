using System.Security.Claims;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>Who holds which roles, in the admin API. A change counts at the next request of whomever it is about.</summary>
internal static class UserRolesApi
{
    private const string Of = Routes.AdminApi + "/users/{sub:guid}/roles";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Of, FindAsync).ForAdministrators(Permission.ReadRoles).Answers(typeof(UserRolesAnswer));
        routes.MapPut(Of, ChangeAsync).ForAdministrators(Permission.ManageRoles).Takes(typeof(UserRolesInput), needsTag: true).Answers(typeof(UserRolesAnswer));
    }

    /// <summary>
    /// The roles of a person: <c>roles</c> held by themselves, with an <c>ETag</c>, the <c>groups</c> they are in by themselves, and
    /// <c>effective</c>, all roles they hold. 404 when there is no such person.
    /// </summary>
    private static async Task<IResult> FindAsync(Guid sub, HttpContext http, Store db, UserRoles roles, CancellationToken ct) =>
        await db.Set<User>().AnyAsync(user => user.Id == sub, ct) ? await ShowAsync(sub, http, db, roles, ct) : Refusals.Missing("person");

    /// <summary>
    /// Sets all <c>roles</c> a person holds by themselves. Roles that follow from a provider are
    /// among them, and come back with the next sign-in there. 400 for unknown roles, 403 for one that permits what the caller does not hold,
    /// 404, 409 for the last administrator, 412 when another was faster, 428 without <c>If-Match</c>.
    /// </summary>
    private static async Task<IResult> ChangeAsync(Guid sub, HttpContext http, ClaimsPrincipal token, Store db, UserRoles roles, RightsChange change, EventLog events, CancellationToken ct)
    {
        var (input, actor) = (new UserRolesInput(), BearerTokens.PersonOf(token)!.Value);
        if (await RightsInput.FillAsync(http, input, () => [], ct) is { } unfit)
            return unfit;
        string[] before = [], after = [.. input.Roles!.Distinct().Order(StringComparer.Ordinal)];
        var refused = await change.RunAsync(actor, async rights =>
        {
            if (!await db.Set<User>().AnyAsync(user => user.Id == sub, ct))
                return Refusals.Missing("person");
            var all = await db.Set<Role>().AsNoTracking().ToDictionaryAsync(role => role.Id, ct);
            var rows = await db.Set<UserRole>().Where(held => held.UserId == sub).ToListAsync(ct);
            before = [.. rows.Select(row => all[row.RoleId].Name).Order(StringComparer.Ordinal)];
            if (EntityTag.Stale(http, TagOf(before)) is { } stale)
                return stale;
            var names = all.Values.Select(role => role.Name).ToHashSet(StringComparer.Ordinal);
            if (RightsInput.Unknown("roles", input.Roles!, names, "role").ToList() is { Count: > 0 } unknown)
                return new ProblemsResult(unknown);
            var given = all.Values.Where(role => after.Contains(role.Name) && !before.Contains(role.Name)).ToList();
            var taken = rows.Where(row => !after.Contains(all[row.RoleId].Name)).ToList();
            db.AddRange(given.Select(role => new UserRole { UserId = sub, RoleId = role.Id }));
            db.RemoveRange(taken);
            return rights.Refuse(given, taken.Select(row => all[row.RoleId]));
        }, ct);
        if (refused is not null)
            return refused;
        if (!before.SequenceEqual(after))
            events.Raise(new UserRolesAdministered(actor, sub, before, after));
        return await ShowAsync(sub, http, db, roles, ct);
    }

    private static async Task<IResult> ShowAsync(Guid sub, HttpContext http, Store db, UserRoles roles, CancellationToken ct)
    {
        string[] own = [.. (await db.Set<UserRole>().Where(held => held.UserId == sub).Join(db.Set<Role>(), held => held.RoleId, role => role.Id, (_, role) => role.Name).ToListAsync(ct)).Order(StringComparer.Ordinal)];
        var groups = await db.Set<GroupMember>().Where(member => member.UserId == sub).Join(db.Set<Group>(), member => member.GroupId, group => group.Id, (_, group) => group.Name).OrderBy(name => name).ToListAsync(ct);
        return EntityTag.Show(http, new UserRolesAnswer(sub, own, groups, await roles.OfAsync(sub, ct)), TagOf(own));
    }

    private static string TagOf(string[] names) => EntityTag.Of(names);
}

/// <summary>The roles somebody holds by themselves, their groups, and all roles that come to them.</summary>
internal sealed record UserRolesAnswer(Guid Sub, IReadOnlyList<string> Roles, IReadOnlyList<string> Groups, IReadOnlyList<string> Effective);
