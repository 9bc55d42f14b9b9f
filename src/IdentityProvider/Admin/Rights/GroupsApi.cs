using System.Security.Claims;
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

/// <summary>Groups in the admin API: the roles they carry, the groups in them, and their members.</summary>
internal static class GroupsApi
{
    public const string All = Routes.AdminApi + "/groups", One = All + "/{name}", Members = One + "/members", Member = Members + "/{sub:guid}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadRoles);
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadRoles);
        routes.MapGet(Members, MembersAsync).ForAdministrators(Permission.ReadRoles);
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageRoles);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageRoles);
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageRoles);
        routes.MapPut(Member, AddMemberAsync).ForAdministrators(Permission.ManageRoles);
        routes.MapDelete(Member, RemoveMemberAsync).ForAdministrators(Permission.ManageRoles);
    }

    /// <summary>GET /api/admin/v1/groups: by name; <c>limit</c> 1 to 200 (50), <c>after</c> the <c>next</c> of the page before. 400 for a parameter out of its limits.</summary>
    private static async Task<IResult> ListAsync(Store db, CancellationToken ct, int limit = 50, string? after = null)
    {
        if (limit is < 1 or > 200 || after?.Length > 100 || after?.Any(char.IsControl) == true)
            return Refusals.BadPage;
        var rows = await db.Set<Group>().AsNoTracking().Where(group => after == null || group.Name.CompareTo(after) > 0).OrderBy(group => group.Name).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new { groups = await GroupState.OfAsync(db, [.. rows.Take(limit)], ct), next = rows.Count > limit ? rows[limit - 1].Name : null });
    }

    /// <summary>GET /api/admin/v1/groups/{name}: with an <c>ETag</c>; 404 when there is none.</summary>
    private static async Task<IResult> FindAsync(string name, HttpContext http, Store db, CancellationToken ct) =>
        await GroupState.FindAsync(db, name, ct) is { } found ? EntityTag.Show(http, found.State, found.State.Tag) : Refusals.Missing("group");

    /// <summary>GET /api/admin/v1/groups/{name}/members: the people in it by themselves, by <c>sub</c>; <c>limit</c> and <c>after</c> as for groups.</summary>
    private static async Task<IResult> MembersAsync(string name, Store db, CancellationToken ct, int limit = 50, Guid? after = null)
    {
        if (limit is < 1 or > 200)
            return Refusals.BadPage;
        if (await GroupState.FindAsync(db, name, ct) is not { } found)
            return Refusals.Missing("group");
        var rows = await db.Set<GroupMember>().Where(member => member.GroupId == found.Group.Id && (after == null || member.UserId.CompareTo(after.Value) > 0)).OrderBy(member => member.UserId).Take(limit + 1)
            .Join(db.Set<User>(), member => member.UserId, user => user.Id, (_, user) => new { user.Id, user.UserName, user.Name }).OrderBy(user => user.Id).ToListAsync(ct);
        return Results.Json(new { members = rows.Take(limit).Select(user => new { sub = user.Id, preferred_username = user.UserName, name = user.Name }), next = rows.Count > limit ? rows[limit - 1].Id : (Guid?)null });
    }

    /// <summary>
    /// POST /api/admin/v1/groups with <c>name</c>, <c>description</c>, <c>roles</c> and <c>groups</c>: 201. 400 with every broken rule, 403 for roles
    /// that permit what the caller does not hold, 409 for a name that is taken or a group that would lie in itself.
    /// </summary>
    private static async Task<IResult> AddAsync(HttpContext http, ClaimsPrincipal token, GroupChanges changes, CancellationToken ct)
    {
        var (state, refused) = await changes.AddAsync(BearerTokens.PersonOf(token)!.Value, http, ct);
        return refused ?? EntityTag.Show(http, state!, state!.Tag, $"{All}/{state.Name}");
    }

    /// <summary>
    /// PUT /api/admin/v1/groups/{name} with the whole of it and <c>If-Match</c>: 200. As POST; 403 also for a group put into one that carries what
    /// the caller does not hold; 404, 412 when another was faster, 428 without <c>If-Match</c>.
    /// </summary>
    private static async Task<IResult> ChangeAsync(string name, HttpContext http, ClaimsPrincipal token, GroupChanges changes, CancellationToken ct)
    {
        var (state, refused) = await changes.ChangeAsync(BearerTokens.PersonOf(token)!.Value, name, http, ct);
        return refused ?? EntityTag.Show(http, state!, state!.Tag);
    }

    /// <summary>DELETE /api/admin/v1/groups/{name} with <c>If-Match</c>: 204. 404, 409 for the last administrator's, 412 and 428 as for PUT.</summary>
    private static async Task<IResult> RemoveAsync(string name, HttpContext http, ClaimsPrincipal token, GroupChanges changes, CancellationToken ct) =>
        await changes.RemoveAsync(BearerTokens.PersonOf(token)!.Value, name, http, ct) ?? Results.NoContent();

    /// <summary>PUT /api/admin/v1/groups/{name}/members/{sub}: 204, also when the person was in it. 403 where the group carries what the caller does not hold, 404.</summary>
    private static async Task<IResult> AddMemberAsync(string name, Guid sub, ClaimsPrincipal token, GroupChanges changes, CancellationToken ct) =>
        await changes.AddMemberAsync(BearerTokens.PersonOf(token)!.Value, name, sub, ct) ?? Results.NoContent();

    /// <summary>DELETE /api/admin/v1/groups/{name}/members/{sub}: 204. 404 when the person was not in it, 409 for the last administrator.</summary>
    private static async Task<IResult> RemoveMemberAsync(string name, Guid sub, ClaimsPrincipal token, GroupChanges changes, CancellationToken ct) =>
        await changes.RemoveMemberAsync(BearerTokens.PersonOf(token)!.Value, name, sub, ct) ?? Results.NoContent();
}
