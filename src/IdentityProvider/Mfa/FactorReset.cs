using IdentityProvider.Authorize;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Mfa;

/// <summary>
/// For somebody who lost everything that confirms a password: all their factors go, all sessions end, and they are told. Whoever runs the
/// server has made sure who asks, because from here on the password is enough.
/// </summary>
internal sealed class FactorReset(Store db, SecondFactors factors, WaysIn ways, SessionStore sessions, FactorMails mails, EventLog events)
{
    /// <returns>False when nothing was done, because without their passkeys the person could not come back.</returns>
    public async Task<bool> RunAsync(Guid userId, string reason, CancellationToken ct)
    {
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            await ways.HoldAsync(userId, ct);
            var user = await db.Set<User>().AsNoTracking().SingleAsync(u => u.Id == userId, ct);
            await factors.RemoveAsync(userId, ct);
            if (!await ways.RemainAsync(userId, ct))
                return false;
            mails.Add(db, user, FactorChange.FactorsReset, http: null);
            events.Record(db, new FactorsReset(userId, reason));
            await db.SaveChangesAsync(ct);
            await sessions.EndAllAsync(userId, except: null, "second_factors_reset", ct);
            await transaction.CommitAsync(ct);
        }

        return true;
    }
}

internal sealed record FactorsReset(Guid UserId, string Reason) : IEvent
{
    public string Name => "mfa.factors_reset";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("reason", Reason)];
    public bool HasWrittenReason => true;
}
