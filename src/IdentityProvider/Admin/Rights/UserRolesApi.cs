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
    private static async Task<IResult> ChangeAsync(Guid sub, HttpContext http, ClaimsPrincipal token, Store db, UserRoles roles, UserRoleChanges changes, CancellationToken ct)
    {
        var input = new UserRolesInput();
        if (await RightsInput.FillAsync(http, input, () => [], ct) is { } unfit)
            return unfit;
        var refused = await changes.ChangeAsync(AdminRoute.ActorOf(token), sub, input, EntityTag.SeenBy(http), ct);
        return refused ?? await ShowAsync(sub, http, db, roles, ct);
    }

    private static async Task<IResult> ShowAsync(Guid sub, HttpContext http, Store db, UserRoles roles, CancellationToken ct)
    {
        var own = await UserRoleChanges.OwnAsync(db, sub, ct);
        var groups = await UserRoleChanges.GroupsAsync(db, sub, ct);
        return EntityTag.Show(http, new UserRolesAnswer(sub, own, groups, await roles.OfAsync(sub, ct)), UserRoleChanges.TagOf(own));
    }
}

/// <summary>The roles somebody holds by themselves, their groups, and all roles that come to them.</summary>
internal sealed record UserRolesAnswer(Guid Sub, IReadOnlyList<string> Roles, IReadOnlyList<string> Groups, IReadOnlyList<string> Effective);
