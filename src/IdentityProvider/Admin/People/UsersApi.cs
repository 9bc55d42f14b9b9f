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

namespace IdentityProvider.Admin.People;

/// <summary>People in the admin API. What belongs to their second factors, passwords and the end of their account the rooms of those bring.</summary>
internal static class UsersApi
{
    private const string All = Routes.AdminApi + "/users", One = All + "/{sub:guid}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadUsers).Answers(typeof(UserList));
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadUsers).Answers(typeof(UserAnswer));
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageUsers).Takes(typeof(UserInput)).Answers(typeof(UserAnswer), StatusCodes.Status201Created);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageUsers).Takes(typeof(UserInput), needsTag: true).Answers(typeof(UserAnswer));
        routes.MapPost(One + "/unlock", UnlockAsync).ForAdministrators(Permission.ManageUsers).AnswersNothing();
    }

    /// <summary>Finds people, page by page. A page of a search may hold fewer than <c>limit</c>; the end is where <c>next</c> is null.</summary>
    private static async Task<IResult> ListAsync([AsParameters] UserFilter filter, UserSearch search, CancellationToken ct)
    {
        if (filter.Problem is { } problem)
            return Refusals.BadRequest(problem);
        return await search.FindAsync(filter, ct) is { } found ? Results.Json(new UserList([.. found.Users.Select(UserAnswer.Of)], found.Next)) : Refusals.BadRequest("after is the next of an answer to the same question.");
    }

    /// <summary>One person, with an <c>ETag</c>.</summary>
    private static async Task<IResult> FindAsync(Guid sub, HttpContext http, Store db, Lockout lockout, CancellationToken ct) =>
        await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == sub && user.ServiceSince == null, ct) is { } user
            ? EntityTag.Show(http, UserAnswer.Of(user) with { LockedUntil = await lockout.LockedUntilAsync(Lockout.KeyFor(user, ""), ct) }, UserChanges.TagOf(user))
            : Refusals.Missing("person");

    /// <summary>
    /// Adds a person without a password; <c>POST .../recovery</c> then mails them the way to choose one, and <c>PUT .../roles</c> gives them roles. 409 for a
    /// name or address that is taken.
    /// </summary>
    private static async Task<IResult> AddAsync(HttpContext http, ClaimsPrincipal token, UserChanges changes, CancellationToken ct)
    {
        var input = new UserInput();
        if (await JsonBody.FillAsync(http, input, () => input.Problems(changes.Today), ct, UserAnswer.Told) is { } unfit)
            return unfit;
        var (user, refused) = await changes.AddAsync(AdminRoute.ActorOf(token), input, ct);
        return refused ?? EntityTag.Show(http, UserAnswer.Of(user!), UserChanges.TagOf(user!), $"{All}/{user!.Id}");
    }

    /// <summary>
    /// Changes what is known of a person, or closes and opens the account (<c>disabled</c>; all sessions end). 403 for somebody who holds more than the caller,
    /// 409 for a name that is taken or the last administrator.
    /// </summary>
    private static async Task<IResult> ChangeAsync(Guid sub, HttpContext http, ClaimsPrincipal token, UserChanges changes, CancellationToken ct)
    {
        var input = new UserInput();
        if (await JsonBody.FillAsync(http, input, () => input.Problems(changes.Today), ct, UserAnswer.Told) is { } unfit)
            return unfit;
        var (user, refused) = await changes.ChangeAsync(AdminRoute.ActorOf(token), sub, input, EntityTag.SeenBy(http), ct);
        return refused ?? EntityTag.Show(http, UserAnswer.Of(user!), UserChanges.TagOf(user!));
    }

    /// <summary>Lets somebody try again whom wrong passwords have locked out.</summary>
    private static async Task<IResult> UnlockAsync(Guid sub, ClaimsPrincipal token, UserChanges changes, CancellationToken ct) =>
        await changes.UnlockAsync(AdminRoute.ActorOf(token), sub, ct) ?? Results.NoContent();
}
