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
    private static async Task<IResult> DeleteAsync(
        Guid sub, ClaimsPrincipal token, Store db, HeldByCaller held, Deletions deletions, CancellationToken ct, bool immediately = false)
    {
        var actor = AdminRoute.ActorOf(token);
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == sub && user.ServiceSince == null, ct) is not { } user)
            return Refusals.Missing("person");
        if (await held.RefuseAboveAsync(actor, sub, ct) is { } above)
            return above;
        if (await deletions.RequestAsync(user, ct, immediately, new DeletionAdministered(actor, sub, immediately ? "removed" : "closed")) is not { } deletion)
            return Refusals.Conflict("This would leave nobody who holds the role admin and can sign in. Give it to somebody else first.");
        return Results.Json(new DeletionAnswer(sub, deletion.DueAt), statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>The person stays after all. 404 when there is nothing to undo, or it is too late.</summary>
    private static async Task<IResult> RestoreAsync(Guid sub, ClaimsPrincipal token, HeldByCaller held, Deletions deletions, CancellationToken ct)
    {
        var actor = AdminRoute.ActorOf(token);
        if (await held.RefuseAboveAsync(actor, sub, ct) is { } above)
            return above;
        return await deletions.UndoAsync(sub, ct, new DeletionAdministered(actor, sub, "restored")) ? Results.NoContent() : Refusals.Missing("closed account");
    }
}

/// <summary>When the account is removed.</summary>
internal sealed record DeletionAnswer(Guid Sub, DateTimeOffset DueAt);

internal sealed record DeletionAdministered(Guid Actor, Guid UserId, string What) : IEvent
{
    public string Name => $"account.{What}_by_administrator";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId)];
}
