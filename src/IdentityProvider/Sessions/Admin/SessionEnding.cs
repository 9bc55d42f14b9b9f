using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Sessions.Admin;

/// <summary>An administrator ends what others are signed in with; the page and the API do it alike.</summary>
internal sealed class SessionEnding(Store db, SessionStore sessions, EventLog events)
{
    /// <summary>One session, and everything issued through it.</summary>
    /// <returns>False when there is none, or it has ended already.</returns>
    public async Task<bool> EndAsync(Guid actor, Guid sid, CancellationToken ct)
    {
        if (await db.Set<Session>().Where(s => s.Id == sid).Select(s => (Guid?)s.UserId).FirstOrDefaultAsync(ct) is not { } userId)
            return false;
        return await events.RecordAsync(db, async () =>
        {
            await sessions.EndOneAsync(userId, sid, "administrator", ct);
            return new SessionsEndedByAdministrator(actor, userId, sid);
        }, ct);
    }

    /// <summary>All sessions of a person, everything ever issued for them, and the trust in their devices.</summary>
    /// <returns>False when there is no such person.</returns>
    public async Task<bool> EndAllAsync(Guid actor, Guid userId, CancellationToken ct)
    {
        if (!await db.Set<User>().AnyAsync(u => u.Id == userId, ct))
            return false;
        return await events.RecordAsync(db, async () =>
        {
            await sessions.EndAllAsync(userId, null, "administrator", ct);
            return new SessionsEndedByAdministrator(actor, userId, null);
        }, ct);
    }
}

/// <param name="Actor">Who did it.</param>
/// <param name="UserId">Whose sessions.</param>
/// <param name="SessionId">Which one; null: all.</param>
internal sealed record SessionsEndedByAdministrator(Guid Actor, Guid UserId, Guid? SessionId) : IEvent
{
    public string Name => "sessions.ended_by_administrator";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId), new("ended", SessionId)];
}
