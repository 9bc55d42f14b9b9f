using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Recovery.Admin;

/// <summary>An administrator has somebody mailed the way to a password; the page and the API do it alike.</summary>
internal sealed class RecoverySending(Store db, HeldByCaller held, RecoveryMail mail, EventLog events)
{
    /// <returns>Null when the mail is on its way.</returns>
    public async Task<IResult?> SendAsync(Guid actor, Guid sub, CancellationToken ct)
    {
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
        return null;
    }
}

internal sealed record RecoveryOffered(Guid Actor, Guid UserId) : IEvent
{
    public string Name => "recovery.sent_by_administrator";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId)];
}
