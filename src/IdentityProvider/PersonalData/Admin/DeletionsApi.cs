using System.Security.Claims;
using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace IdentityProvider.PersonalData.Admin;

/// <summary>The end of an account in the admin API, as its owner would bring it about: closed now, removed after a time in which it can be undone.</summary>
internal static class DeletionsApi
{
    private const string One = Routes.AdminApi + "/users/{sub:guid}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapDelete(One, DeleteAsync).ForAdministrators(Permission.ManageUsers).Answers(typeof(DeletionAnswer), StatusCodes.Status202Accepted);
        routes.MapPost(One + "/restore", RestoreAsync).ForAdministrators(Permission.ManageUsers).AnswersNothing();
    }

    /// <summary>
    /// Closes the account and signs the person out; <c>due_at</c> says when it is removed with all that is held of them. The person is mailed, and can undo it. With
    /// <c>immediately=true</c> it is removed at the next clean-up, in ten minutes at most, and nothing undoes that. 403 for somebody who holds more than the caller, 409 for the last administrator.
    /// </summary>
    private static async Task<IResult> DeleteAsync(Guid sub, ClaimsPrincipal token, DeletionAdministration administration, CancellationToken ct, bool immediately = false)
    {
        var (deletion, refused) = await administration.DeleteAsync(AdminRoute.ActorOf(token), sub, immediately, ct);
        return refused ?? Results.Json(new DeletionAnswer(sub, deletion!.DueAt), statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>The person stays after all. 404 when there is nothing to undo, or it is too late.</summary>
    private static async Task<IResult> RestoreAsync(Guid sub, ClaimsPrincipal token, DeletionAdministration administration, CancellationToken ct) =>
        await administration.RestoreAsync(AdminRoute.ActorOf(token), sub, ct) ?? Results.NoContent();
}

/// <summary>When the account is removed.</summary>
internal sealed record DeletionAnswer(Guid Sub, DateTimeOffset DueAt);
