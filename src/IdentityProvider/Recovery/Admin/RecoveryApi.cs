using System.Security.Claims;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Recovery.Admin;

/// <summary>The way to a password in the admin API. No administrator chooses one for somebody, or sees the link.</summary>
internal static class RecoveryApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Routes.AdminApi + "/users/{sub:guid}/recovery", SendAsync).ForAdministrators(Permission.ManageUsers).Answers(null, StatusCodes.Status202Accepted);

    /// <summary>
    /// Mails the person the way to choose a password, their first one too. 403 for somebody who holds more than the caller, 409 without an address or for a closed
    /// account, 429 a minute after the last such mail.
    /// </summary>
    private static async Task<IResult> SendAsync(Guid sub, ClaimsPrincipal token, Store db, HeldByCaller held, RecoveryMail mail, EventLog events, CancellationToken ct)
    {
        var actor = AdminRoute.ActorOf(token);
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == sub, ct) is not { } user)
            return Refusals.Missing("person");
        if (await held.RefuseAboveAsync(actor, sub, ct) is { } above)
            return above;
        if (!mail.IsOffered)
            return Refusals.Conflict("This server sends no such mails. Set IdentityProvider:Email:Smtp:Host, and IdentityProvider:Recovery:Enabled to true.");
        if (user.DisabledAt is not null || !EmailAddress.IsValid(user.Email))
            return Refusals.Conflict("The account is closed, or has no address to write to.");
        if (await mail.SendAsync(user, ct) is var wait && wait > TimeSpan.Zero)
            return new TooManyResult(wait);
        events.Raise(new RecoveryOffered(actor, sub));
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }
}

internal sealed record RecoveryOffered(Guid Actor, Guid UserId) : IEvent
{
    public string Name => "recovery.sent_by_administrator";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId)];
}
