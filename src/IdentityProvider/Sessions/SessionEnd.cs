using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions.Live;
using IdentityProvider.Sessions.Logout;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>What an end leaves of grants with <c>offline_access</c>; all others always end with their session.</summary>
internal enum OfflineAccess
{
    /// <summary>Nothing: somebody took it all back.</summary>
    Ends,

    /// <summary>Those of clients that are registered so: the person left the browser, not the app.</summary>
    StaysIfRegistered,

    /// <summary>All: the session ran out, which is what offline access is for.</summary>
    Stays,
}

/// <summary>
/// The one place where sessions end, whatever ended them: the row, what was given in it, and the word to the clients that were
/// signed in through it go in one transaction. Of many that end the same session one does it.
/// </summary>
internal sealed class SessionEnd(Store db, ILiveSessions live, LogoutSignal signal, EventLog events, IOptions<SessionsOptions> options, TimeProvider clock)
{
    /// <summary>Joins a transaction that is open.</summary>
    /// <returns>How many ended here.</returns>
    public async Task<int> EndAsync(IQueryable<Session> sessions, string reason, OfflineAccess offline, CancellationToken ct)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        var ended = await RemoveAsync(sessions, ct);
        var ids = ended.ConvertAll(s => s.Id);

        // What its administrator did for somebody in the meantime is over with it.
        if (ids.Count > 0 && options.Value.ImpersonationLifetime > TimeSpan.Zero)
        {
            var own = ids.ConvertAll(id => (Guid?)id);
            ended.AddRange(await RemoveAsync(db.Set<Session>().Where(s => own.Contains(s.ActorSessionId)), ct));
            ids = ended.ConvertAll(s => s.Id);
        }

        if (ids.Count > 0)
        {
            await NotifyAsync(ended, ids, ct);
            await db.RevokeGrantsAsync(Dying(ids, offline), ct);
            foreach (var (id, userId) in ended)
                events.Record(db, new SessionEnded(userId, id, reason));
            await db.SaveChangesAsync(ct);
            await live.ForgetAsync(ids, ct);
        }

        if (transaction is not null)
            await transaction.CommitAsync(ct);
        signal.Raise();
        return ended.Count;
    }

    /// <summary>
    /// Ends every session of a person but one, every grant that was not made in it, and the trust in devices: what was given to whoever knew the old
    /// password is gone. Joins a transaction that is open.
    /// </summary>
    public async Task EndAllAsync(Guid userId, Guid? except, string reason, CancellationToken ct)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        await EndAsync(db.Set<Session>().Where(s => s.UserId == userId && s.Id != except), reason, OfflineAccess.Ends, ct);
        await db.RevokeGrantsAsync(db.Set<Grant>().Where(g => g.UserId == userId && (g.SessionId == null || g.SessionId != except)), ct);
        await TrustedDevices.ForgetAllAsync(db, userId, ct);
        if (transaction is not null)
            await transaction.CommitAsync(ct);
        signal.Raise();
    }

    private static async Task<List<(Guid Id, Guid UserId)>> RemoveAsync(IQueryable<Session> sessions, CancellationToken ct)
    {
        var removed = new List<(Guid Id, Guid UserId)>();
        foreach (var session in await sessions.AsNoTracking().OrderBy(s => s.Id).Select(s => new { s.Id, s.UserId }).ToListAsync(ct))
            if (await sessions.Where(s => s.Id == session.Id).ExecuteDeleteAsync(ct) == 1)
                removed.Add((session.Id, session.UserId));
        return removed;
    }

    private IQueryable<Grant> Dying(List<Guid> ids, OfflineAccess offline)
    {
        var grants = db.Set<Grant>().Where(g => g.SessionId != null && ids.Contains(g.SessionId.Value));
        return offline switch
        {
            OfflineAccess.Ends => grants,
            OfflineAccess.StaysIfRegistered => grants.Where(g => !g.Application!.OfflineAccessSurvivesLogout || g.Scopes == null || !g.Scopes.Contains("\"offline_access\"")),
            _ => grants.Where(g => g.Scopes == null || !g.Scopes.Contains("\"offline_access\"")),
        };
    }

    private async Task NotifyAsync(List<(Guid Id, Guid UserId)> ended, List<Guid> ids, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var listening = await db.Set<Grant>().Where(g => g.SessionId != null && ids.Contains(g.SessionId.Value) && g.Application!.BackchannelLogoutUri != null)
            .Select(g => new { Session = g.SessionId!.Value, Client = g.Application!.Id }).Distinct().ToListAsync(ct);
        foreach (var pair in listening)
            db.Add(new LogoutNotice { ClientId = pair.Client, SessionId = pair.Session, UserId = ended.Find(s => s.Id == pair.Session).UserId, CreatedAt = now, DueAt = now });
        if (listening.Count > 0)
            await db.SaveChangesAsync(ct);
    }
}
