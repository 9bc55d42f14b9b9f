using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Suspicions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Recovery;

/// <summary>How somebody who said "This was not me" gets on.</summary>
internal enum NotMeEnd
{
    /// <summary>A mail with a link to a new password is on its way.</summary>
    Mailed,

    /// <summary>Too many mails were sent: the person asks for one in a moment.</summary>
    AskForMail,

    /// <summary>The account has no password, and needs none.</summary>
    NoPassword,

    /// <summary>The address of the account is another one by now: a mail would go to whoever changed it.</summary>
    OtherAddress,

    /// <summary>This server gives nobody a new password.</summary>
    AskOperator,
}

/// <summary>
/// Closes an account to everybody: sessions, grants, trusted devices, and the password. Opens it to nobody: the way to a new password is a mail of its own, which lives for
/// minutes, to the address of the account, so that a notice that was forwarded or lies about for days gives nobody the account.
/// </summary>
internal sealed class NotMe(Store db, CodeStore codes, WaysIn ways, StoredPasswords stored, SessionStore sessions, PasswordReset reset, RecoveryMail mail, EventLog events)
{
    /// <summary>Is the link good? Looking uses nothing up.</summary>
    public async Task<bool> IsGoodAsync(string? token, CancellationToken ct) => await FindAsync(token, ct) is not null;

    /// <summary>Of many at once one acts.</summary>
    /// <returns>Null: the link is no good (any more), and nothing happened.</returns>
    public async Task<NotMeEnd?> ActAsync(HttpContext http, string? token, CancellationToken ct)
    {
        if (await FindAsync(token, ct) is not { } found)
            return null;
        var data = NotMeData.Of(found);
        bool hadPassword;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            // Two links of the same person at once: the second waits here, and finds that its link is gone.
            await ways.HoldAsync(data.UserId, ct);
            if (!await codes.ConsumeAsync(found, ct))
                return null;
            await codes.EndFromAsync(SuspicionMail.Purpose, SuspicionMail.OwnerPrefix(data.UserId), ct);
            await reset.EndAllAsync(data.UserId, ct);
            hadPassword = await stored.VoidPasswordAsync(data.UserId, ct);
            await sessions.EndAllAsync(data.UserId, null, "not_me", ct);
            events.Record(db, new NotMeSaid(data.UserId, hadPassword));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        var user = await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == data.UserId && u.DisabledAt == null, ct);
        if (user is not null && user.NormalizedEmail != data.Email)
            return NotMeEnd.OtherAddress;
        if (!hadPassword)
            return NotMeEnd.NoPassword;
        if (user is null || !mail.IsOffered)
            return NotMeEnd.AskOperator;
        return await mail.SendAsync(http, user.Email!, null, ct) == TimeSpan.Zero ? NotMeEnd.Mailed : NotMeEnd.AskForMail;
    }

    private async Task<FoundCode?> FindAsync(string? token, CancellationToken ct) =>
        await codes.FindByLinkAsync(SuspicionMail.Purpose, token, null, ct) is { } found && NotMeData.Of(found).UserId is var id && await db.Set<User>().AnyAsync(u => u.Id == id, ct) ? found : null;
}

/// <summary>The owner of an account closed it to everybody.</summary>
/// <param name="UserId">Whose it is.</param>
/// <param name="PasswordVoided">False where there was none.</param>
internal sealed record NotMeSaid(Guid UserId, bool PasswordVoided) : IEvent
{
    public string Name => "recovery.not_me";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("password_voided", PasswordVoided)];
}
