using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>Starts, finds and ends sessions. The database decides on each request: an ended session is refused at once, on every node.</summary>
internal sealed class SessionStore(Store db, SessionCookie cookie, IOptions<SessionsOptions> options, TimeProvider clock, EventLog events)
{
    /// <summary>Moving the idle limit at most this often keeps a page view from being a write.</summary>
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMinutes(1);

    /// <summary>The session of this browser with its user, or null: none, over, or the user is disabled.</summary>
    public async ValueTask<Session?> FindAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Items.TryGetValue(typeof(Session), out var known))
            return (Session?)known;

        Session? session = null;
        if (cookie.Read(http) is { } handle)
        {
            var hash = Handle.Hash(handle);
            var now = clock.GetUtcNow();
            session = await db.Set<Session>().AsNoTracking().Include(s => s.User)
                .FirstOrDefaultAsync(s => s.HandleHash == hash && s.IdleExpiresAt > now && s.ExpiresAt > now && s.User.DisabledAt == null, ct);
            if (session is not null && now - session.LastSeenAt >= TouchEvery)
                await TouchAsync(session, now, ct);
        }

        http.Items[typeof(Session)] = session;
        return session;
    }

    /// <summary>
    /// A first factor was proven: a new handle whatever the browser held before (no fixation). The same person keeps the sid,
    /// so that signing in again does not look like another session to relying parties; another person ends the old one.
    /// </summary>
    public async Task<Session> StartAsync(HttpContext http, User user, string method, bool staySignedIn, CancellationToken ct)
    {
        var before = await FindAsync(http, ct);
        if (before is not null && before.UserId != user.Id)
        {
            await EndAsync(before, "replaced", ct);
            before = null;
        }

        var now = clock.GetUtcNow();
        var handle = Handle.Create();
        var session = before is null ? await CreateAsync(user, ct) : await db.Set<Session>().FirstAsync(s => s.Id == before.Id, ct);
        session.HandleHash = Handle.Hash(handle);
        session.Persistent = staySignedIn && options.Value.StaySignedInDays > 0;
        session.AuthenticatedAt = session.ConfirmedAt = session.LastSeenAt = now;
        session.ExpiresAt = now + (session.Persistent ? TimeSpan.FromDays(options.Value.StaySignedInDays) : options.Value.AbsoluteLifetime);
        session.IdleExpiresAt = IdleLimit(session, now);
        session.Address = ClientAddress.Of(http);
        session.UserAgent = Bounded(http.Request.Headers.UserAgent.ToString());
        session.Factors = [new Factor { Method = method, At = now }];
        await db.SaveChangesAsync(ct);

        session.User = user;
        cookie.Write(http, handle, session.Persistent ? session.ExpiresAt - now : null);
        http.Items[typeof(Session)] = session;
        events.Raise(new SessionStarted(user.Id, session.Id, method));
        return session;
    }

    /// <summary>A further factor was proven: recorded with its time, under a new handle.</summary>
    public async Task AddFactorAsync(HttpContext http, Session session, string method, CancellationToken ct)
    {
        var handle = Handle.Create();
        var stored = await db.Set<Session>().FirstAsync(s => s.Id == session.Id, ct);
        stored.Factors = [.. stored.Factors.Where(f => f.Method != method), new Factor { Method = method, At = clock.GetUtcNow() }];
        stored.HandleHash = Handle.Hash(handle);
        await db.SaveChangesAsync(ct);
        cookie.Write(http, handle, stored.Persistent ? stored.ExpiresAt - clock.GetUtcNow() : null);
        http.Items.Remove(typeof(Session));
    }

    /// <summary>The person chose this account for a client.</summary>
    public Task ConfirmAsync(Session session, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return db.Set<Session>().Where(s => s.Id == session.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.ConfirmedAt, now), ct);
    }

    /// <summary>Ends the session and every grant made in it, in one transaction.</summary>
    public async Task EndAsync(Session session, string reason, CancellationToken ct)
    {
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            await db.RevokeGrantsAsync(db.Set<Grant>().Where(g => g.SessionId == session.Id), ct);
            await db.Set<Session>().Where(s => s.Id == session.Id).ExecuteDeleteAsync(ct);
            await transaction.CommitAsync(ct);
        }

        events.Raise(new SessionEnded(session.UserId, session.Id, reason));
    }

    public async Task SignOutAsync(HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(http, ct) is { } session)
            await EndAsync(session, "signed_out", ct);
        cookie.Delete(http);
        http.Items[typeof(Session)] = null;
    }

    private async Task<Session> CreateAsync(User user, CancellationToken ct)
    {
        var tooMany = db.Set<Session>().Where(s => s.UserId == user.Id).OrderByDescending(s => s.LastSeenAt).Skip(options.Value.MaxPerUser - 1);
        foreach (var oldest in await tooMany.AsNoTracking().ToListAsync(ct))
            await EndAsync(oldest, "too_many", ct);
        var session = new Session { HandleHash = "", UserId = user.Id, CreatedAt = clock.GetUtcNow() };
        db.Add(session);
        return session;
    }

    private Task TouchAsync(Session session, DateTimeOffset now, CancellationToken ct)
    {
        session.LastSeenAt = now;
        session.IdleExpiresAt = IdleLimit(session, now);
        return db.Set<Session>().Where(s => s.Id == session.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, now).SetProperty(s => s.IdleExpiresAt, session.IdleExpiresAt), ct);
    }

    private DateTimeOffset IdleLimit(Session session, DateTimeOffset now)
    {
        var limit = session.Persistent ? session.ExpiresAt : now + options.Value.IdleTimeout;
        return limit < session.ExpiresAt ? limit : session.ExpiresAt;
    }

    private static string Bounded(string text) => string.Concat(text.Take(256).Where(c => !char.IsControl(c)));
}
