using System.Security.Claims;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
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
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadRoles).Answers(typeof(GroupList));
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadRoles).Answers(typeof(GroupState));
        routes.MapGet(Members, MembersAsync).ForAdministrators(Permission.ReadRoles).Answers(typeof(MemberList));
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageRoles).Takes(typeof(GroupInput)).Answers(typeof(GroupState), StatusCodes.Status201Created);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageRoles).Takes(typeof(GroupInput), needsTag: true).Answers(typeof(GroupState));
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageRoles).Takes(null, needsTag: true).AnswersNothing();
        routes.MapPut(Member, AddMemberAsync).ForAdministrators(Permission.ManageRoles).AnswersNothing();
        routes.MapDelete(Member, RemoveMemberAsync).ForAdministrators(Permission.ManageRoles).AnswersNothing();
    }

    /// <summary>Groups by name.</summary>
    private static async Task<IResult> ListAsync(Store db, CancellationToken ct, int limit = PageCursor.Usual, string? after = null)
    {
        if (!PageCursor.IsLimit(limit) || after?.Length > 100 || after?.Any(char.IsControl) == true)
            return Refusals.BadPage;
        var rows = await db.Set<Group>().AsNoTracking().Where(group => after == null || group.Name.CompareTo(after) > 0).OrderBy(group => group.Name).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new GroupList(await GroupState.OfAsync(db, [.. rows.Take(limit)], ct), rows.Count > limit ? rows[limit - 1].Name : null));
    }

    /// <summary>One group, with an <c>ETag</c>.</summary>
    private static async Task<IResult> FindAsync(string name, HttpContext http, Store db, CancellationToken ct) =>
        await GroupState.FindAsync(db, name, ct) is { } found ? EntityTag.Show(http, found.State, found.State.Tag) : Refusals.Missing("group");

    /// <summary>The people in a group by themselves, by <c>sub</c>.</summary>
    private static async Task<IResult> MembersAsync(string name, Store db, CancellationToken ct, int limit = PageCursor.Usual, Guid? after = null)
    {
        if (!PageCursor.IsLimit(limit))
            return Refusals.BadPage;
        if (await GroupState.FindAsync(db, name, ct) is not { } found)
            return Refusals.Missing("group");
        var (members, next) = await GroupMembers.OfAsync(db, found.Group.Id, limit, after, ct);
        return Results.Json(new MemberList([.. members.Select(user => new MemberAnswer(user.Id, user.UserName, user.Name))], next));
    }

    /// <summary>
    /// Adds a group. 403 for roles
    /// that permit what the caller does not hold, 409 for a name that is taken or a group that would lie in itself.
    /// </summary>
    private static async Task<IResult> AddAsync(HttpContext http, ClaimsPrincipal token, GroupChanges changes, CancellationToken ct)
    {
        var input = new GroupInput();
        if (await RightsInput.FillAsync(http, input, () => RightsInput.NameProblems(input.Name), ct) is { } unfit)
            return unfit;
        var (state, refused) = await changes.AddAsync(AdminRoute.ActorOf(token), input, ct);
        return refused ?? EntityTag.Show(http, state!, state!.Tag, $"{All}/{state.Name}");
    }

    /// <summary>
    /// Changes all of a group. 403 also for a group put into one that carries what
    /// the caller does not hold; 404, 412 when another was faster, 428 without <c>If-Match</c>.
    /// </summary>
    private static async Task<IResult> ChangeAsync(string name, HttpContext http, ClaimsPrincipal token, GroupChanges changes, CancellationToken ct)
    {
        var input = new GroupInput { Name = name };
        if (await RightsInput.FillAsync(http, input, () => RightsInput.Kept(input.Name, name), ct) is { } unfit)
            return unfit;
        var (state, refused) = await changes.ChangeAsync(AdminRoute.ActorOf(token), name, input, EntityTag.SeenBy(http), ct);
        return refused ?? EntityTag.Show(http, state!, state!.Tag);
    }

    /// <summary>Removes a group. 409 for the last administrator's.</summary>
    private static async Task<IResult> RemoveAsync(string name, HttpContext http, ClaimsPrincipal token, GroupChanges changes, CancellationToken ct) =>
        await changes.RemoveAsync(AdminRoute.ActorOf(token), name, EntityTag.SeenBy(http), ct) ?? Results.NoContent();

    /// <summary>Puts a person into a group; done also when they were in it. 403 where the group carries what the caller does not hold.</summary>
    private static async Task<IResult> AddMemberAsync(string name, Guid sub, ClaimsPrincipal token, GroupChanges changes, CancellationToken ct) =>
        await changes.AddMemberAsync(AdminRoute.ActorOf(token), name, sub, ct) ?? Results.NoContent();

    /// <summary>Takes a person out of a group. 409 for the last administrator.</summary>
    private static async Task<IResult> RemoveMemberAsync(string name, Guid sub, ClaimsPrincipal token, GroupChanges changes, CancellationToken ct) =>
        await changes.RemoveMemberAsync(AdminRoute.ActorOf(token), name, sub, ct) ?? Results.NoContent();
}

/// <summary>A page of groups; <c>next</c> is <c>after</c> of the next request, null at the end.</summary>
internal sealed record GroupList(IReadOnlyList<GroupState> Groups, string? Next);

internal sealed record MemberAnswer(Guid Sub, string? PreferredUsername, string? Name);

/// <summary>A page of members; <c>next</c> is <c>after</c> of the next request, null at the end.</summary>
internal sealed record MemberList(IReadOnlyList<MemberAnswer> Members, Guid? Next);
