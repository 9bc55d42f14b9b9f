using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions.Live;
using IdentityProvider.Suspicions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>Starts, finds and ends sessions. Each request asks where they live: an ended session is refused at once, on every node.</summary>
internal sealed class SessionStore(
    Store db, ILiveSessions live, SessionCookie cookie, IEnumerable<ISecondFactorPolicy> policies, BrowserAccounts accounts, ActingRight acting, IOptions<SessionsOptions> options, SessionEnd ending, Travel travel, TimeProvider clock, EventLog events)
{
    /// <summary>How long somebody may take from the first factor to the second.</summary>
    public static readonly TimeSpan TimeToComplete = TimeSpan.FromMinutes(30);

    /// <summary>Moving the idle limit at most this often keeps a page view from being a write.</summary>
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMinutes(1);

    /// <summary>The session of this browser with its user, or null: none, not complete, over, or the user is disabled.</summary>
    public async ValueTask<Session?> FindAsync(HttpContext http, CancellationToken ct) =>
        await FindBegunAsync(http, ct) is { CompletedAt: not null } session ? session : null;

    /// <summary>
    /// The session of this browser even if its second factor is still due. Only for the steps of a sign-in, the pages that
    /// complete it, and signing out: whoever acts for a person asks <see cref="FindAsync"/>.
    /// </summary>
    public async ValueTask<Session?> FindBegunAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Items.TryGetValue(typeof(Session), out var known))
            return (Session?)known;

        var session = await ReadAsync(http, ct);
        var now = clock.GetUtcNow();
        if (session is { CompletedAt: null } && session.LastSeenAt + TimeToComplete <= now)
            session = null;
        if (session is { ActorId: not null } && !await acting.StandsAsync(session, ct))
        {
            await EndAsync(session, "actor_not_permitted", ct);
            session = null;
        }

        if (session is { CompletedAt: not null } && now - session.LastSeenAt >= TouchEvery)
            await TouchAsync(session, now, ct);
        Know(http, session);
        return session;
    }

    /// <summary>
    /// Somebody proved who they are: a new handle whatever the browser held before (no fixation). The same person keeps the
    /// sid, so that signing in again does not look like another session to relying parties; another person ends the old one.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="user">Who.</param>
    /// <param name="methods">RFC 8176 names of what was proven; more than one where the proof was multi-factor in itself.</param>
    /// <param name="staySignedIn">The cookie is to outlive the browser.</param>
    /// <param name="prepare">Adds to the session, or to the database what is to be saved with it in one transaction.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The session; not complete when a second factor is due.</returns>
    public async Task<Session> StartAsync(HttpContext http, User user, IReadOnlyCollection<string> methods, bool staySignedIn, Func<Session, Task>? prepare, CancellationToken ct)
    {
        // Every way asks before it comes here; one that forgot fails.
        if (user.ServiceSince is not null)
            throw new InvalidOperationException("Nobody signs in as a service account.");
        var before = await ReadAsync(http, ct);
        if (before is not null && (before.UserId != user.Id || before.ActorId is not null))
        {
            await EndAsync(before, "replaced", ct);
            if (before.ActorId is null)
                accounts.Leave(http, before);
            before = null;
        }

        var now = clock.GetUtcNow();
        var session = before is null ? null : await db.Set<Session>().FirstOrDefaultAsync(s => s.Id == before.Id, ct);
        if (session is null)
            db.Add(session = new Session { HandleHash = "", UserId = user.Id, CreatedAt = now, ExpiresAt = now + TimeToComplete, IdleExpiresAt = now + TimeToComplete });
        session.AuthenticatedAt = session.ConfirmedAt = session.LastSeenAt = now;
        session.Persistent = staySignedIn && options.Value.StaySignedInDays > 0;
        session.Address = ClientAddress.Shown(http);
        session.UserAgent = Bounded(http.Request.Headers.UserAgent.ToString());
        session.Factors = [.. methods.Select(method => new Factor { Method = method, At = now })];
        session.CompletedAt = null;
        if (session.IsMultiFactor || !await IsSecondFactorDueAsync(http, user, ct))
            Complete(session, now);
        if (prepare is not null)
            await prepare(session);
        await SaveAsync(http, session, ct);

        // The person was read for the answer alone: a save that finds them behind the session would write back what has changed meanwhile.
        db.Entry(session).State = EntityState.Detached;
        session.User = user;
        Know(http, session);
        if (session.CompletedAt is not null)
            accounts.Remember(http, user, session);
        events.Raise(new SessionStarted(user.Id, session.Id, string.Join('+', methods), session.CompletedAt is not null));
        await travel.LookAsync(http, user, session.Id, ct);
        return session;
    }

    /// <summary>The same for a proof of one kind.</summary>
    public Task<Session> StartAsync(HttpContext http, User user, string method, bool staySignedIn, CancellationToken ct) => StartAsync(http, user, [method], staySignedIn, null, ct);

    /// <summary>
    /// What was missing has been proven: the session is complete, under a new handle. For a complete one this adds a further
    /// proof (step-up).
    /// </summary>
    /// <returns>False when the session has ended meanwhile.</returns>
    public async Task<bool> CompleteAsync(HttpContext http, Session begun, IReadOnlyCollection<string> methods, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await db.Set<Session>().FirstOrDefaultAsync(s => s.Id == begun.Id && s.UserId == begun.UserId, ct) is not { } session)
            return false;
        session.Factors = [.. session.Factors.Where(f => !methods.Contains(f.Method)), .. methods.Select(method => new Factor { Method = method, At = now })];
        Complete(session, now);
        http.Items.Remove(typeof(Session));
        try
        {
            await SaveAsync(http, session, ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }

        // The page that answers shows whose session it is; the cookie of this request is that of the old handle.
        db.Entry(session).State = EntityState.Detached;
        session.User = begun.User;
        Know(http, session);
        accounts.Remember(http, session.User, session);
        events.Raise(new SessionCompleted(session.UserId, session.Id, string.Join('+', methods)));
        return true;
    }

    /// <summary>
    /// An administrator goes on in this browser as somebody else, for a short time, until they return. Nothing of the person was proven, and the
    /// session says so: no factor, no time of a sign-in. Nor is their account remembered here.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="own">The administrator's session, which waits.</param>
    /// <param name="person">For whom they act.</param>
    /// <param name="reason">Why.</param>
    /// <param name="prepare">Adds to the database what is to be saved with the session in one transaction.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when the administrator began to act for somebody at the same moment.</returns>
    public async Task<Session?> ActForAsync(HttpContext http, Session own, User person, string reason, Action<Session> prepare, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var until = now + options.Value.ImpersonationLifetime;
        var session = new Session
        {
            // Set here, not by the generator: the record in the audit names it.
            Id = Guid.CreateVersion7(now),
            HandleHash = "",
            UserId = person.Id,
            ActorId = own.UserId,
            ActorSessionId = own.Id,
            ActorReason = reason,
            AuthenticatedAt = Session.Never,
            CreatedAt = now,
            LastSeenAt = now,
            ConfirmedAt = now,
            CompletedAt = now,
            ExpiresAt = until < own.ExpiresAt ? until : own.ExpiresAt,
            Address = ClientAddress.Shown(http),
            UserAgent = Bounded(http.Request.Headers.UserAgent.ToString()),
        };
        session.IdleExpiresAt = IdleLimit(session, now);

        // The one for somebody else that was left open.
        await ending.EndAsync(db.Set<Session>().Where(s => s.ActorSessionId == own.Id), "replaced", OfflineAccess.Ends, ct);
        db.Add(session);
        prepare(session);
        try
        {
            await SaveAsync(http, session, ct);
        }
        catch (DbUpdateException exception) when (exception.IsUniqueViolation())
        {
            db.ChangeTracker.Clear();
            return null;
        }

        db.Entry(session).State = EntityState.Detached;

        session.User = person;
        Know(http, session);
        return session;
    }

    /// <summary>Ends the session in which somebody acted for a person, and goes on with their own under a new handle.</summary>
    /// <returns>False when that one is over: they sign in again.</returns>
    public async Task<bool> ReturnAsync(HttpContext http, Session acted, CancellationToken ct)
    {
        await EndAsync(acted, "returned", ct);
        Know(http, null);
        var now = clock.GetUtcNow();
        var own = await db.Set<Session>().Include(s => s.User).FirstOrDefaultAsync(s => s.Id == acted.ActorSessionId && s.UserId == acted.ActorId && s.CompletedAt != null && s.IdleExpiresAt > now && s.User.DisabledAt == null, ct);
        if (own is null)
        {
            cookie.Delete(http);
            return false;
        }

        (own.LastSeenAt, own.IdleExpiresAt) = (now, IdleLimit(own, now));
        try
        {
            await SaveAsync(http, own, ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }

        Know(http, own);
        return true;
    }

    /// <summary>The person chose this account for a client.</summary>
    public async Task ConfirmAsync(Session session, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.Set<Session>().Where(s => s.Id == session.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.ConfirmedAt, now), ct);
        await live.ChangeAsync(session, s => s.ConfirmedAt = now, now, ct);
    }

    /// <summary>Ends the session as its owner leaves it: grants with offline access stay where the client is registered so.</summary>
    public Task EndAsync(Session session, string reason, CancellationToken ct) =>
        ending.EndAsync(db.Set<Session>().Where(s => s.Id == session.Id), reason, OfflineAccess.StaysIfRegistered, ct);

    /// <summary>Takes one session of a person back, and everything given in it.</summary>
    public Task EndOneAsync(Guid userId, Guid id, string reason, CancellationToken ct) =>
        ending.EndAsync(db.Set<Session>().Where(s => s.Id == id && s.UserId == userId), reason, OfflineAccess.Ends, ct);

    /// <inheritdoc cref="SessionEnd.EndAllAsync"/>
    public Task EndAllAsync(Guid userId, Guid? except, string reason, CancellationToken ct) => ending.EndAllAsync(userId, except, reason, ct);

    /// <param name="http">The request.</param>
    /// <param name="forget">Nothing here is to tell of the account. Always so where "Stay signed in" was not ticked: the device may be a shared one.</param>
    /// <param name="ct">Cancels.</param>
    public async Task SignOutAsync(HttpContext http, bool forget, CancellationToken ct)
    {
        if (await ReadAsync(http, ct) is { } session)
        {
            await EndAsync(session, "signed_out", ct);

            // Whoever signs out while they act for somebody leaves nobody signed in here.
            if (session.ActorSessionId is { } own)
                await EndOneAsync(session.ActorId!.Value, own, "signed_out", ct);
            if (forget || !session.Persistent)
                accounts.Forget(http, session.ActorId ?? session.UserId);
            else
                accounts.Leave(http, session);
        }

        cookie.Delete(http);
        Know(http, null);
    }

    /// <summary>Whose request this is, for whoever asks later in it and for the audit.</summary>
    private static void Know(HttpContext http, Session? session)
    {
        http.Items[typeof(Session)] = session;
        http.Items[typeof(ActingFor)] = session is { ActorId: not null } ? new ActingFor(session.User.DisplayName, session.ActorReason!, session.ExpiresAt) : null;
        Caller.Set(http, session is null ? null : new Caller(Caller.User, (session.ActorId ?? session.UserId).ToString(), session.Id.ToString()));
    }

    private async Task<Session?> ReadAsync(HttpContext http, CancellationToken ct) =>
        cookie.Read(http) is { } handle ? await live.FindAsync(Handle.Hash(handle), clock.GetUtcNow(), ct) : null;

    private async ValueTask<bool> IsSecondFactorDueAsync(HttpContext http, User user, CancellationToken ct)
    {
        foreach (var policy in policies)
            if (await policy.IsDueAsync(http, user, ct))
                return true;
        return false;
    }

    private void Complete(Session session, DateTimeOffset now)
    {
        session.CompletedAt = now;
        session.ExpiresAt = now + (session.Persistent ? TimeSpan.FromDays(options.Value.StaySignedInDays) : options.Value.AbsoluteLifetime);
        session.IdleExpiresAt = IdleLimit(session, now);
    }

    /// <summary>
    /// A new handle at every authentication (ASVS 7.2.4). Sessions that have only begun make room among themselves, so that a
    /// password alone pushes nobody out.
    /// </summary>
    private async Task SaveAsync(HttpContext http, Session session, CancellationToken ct)
    {
        var handle = Handle.Create();
        session.HandleHash = Handle.Hash(handle);
        var complete = session.CompletedAt is not null;
        var tooMany = db.Set<Session>().Where(s => s.UserId == session.UserId && s.Id != session.Id && s.ActorId == null && (s.CompletedAt != null) == complete)
            .OrderByDescending(s => s.LastSeenAt).Skip(options.Value.MaxPerUser - 1);
        if (session.ActorId is null)
            foreach (var oldest in await tooMany.AsNoTracking().ToListAsync(ct))
                await EndAsync(oldest, "too_many", ct);
        await db.SaveChangesAsync(ct);
        await live.KeepAsync(session, clock.GetUtcNow(), ct);
        cookie.Write(http, handle, session.Persistent ? session.ExpiresAt - clock.GetUtcNow() : null);
    }

    private async Task TouchAsync(Session session, DateTimeOffset now, CancellationToken ct)
    {
        session.LastSeenAt = now;
        session.IdleExpiresAt = IdleLimit(session, now);
        await db.Set<Session>().Where(s => s.Id == session.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, now).SetProperty(s => s.IdleExpiresAt, session.IdleExpiresAt), ct);
        await live.ChangeAsync(session, s => (s.LastSeenAt, s.IdleExpiresAt) = (now, session.IdleExpiresAt), now, ct);
    }

    private DateTimeOffset IdleLimit(Session session, DateTimeOffset now)
    {
        var limit = session.Persistent ? session.ExpiresAt : now + options.Value.IdleTimeout;
        return limit < session.ExpiresAt ? limit : session.ExpiresAt;
    }

    private static string Bounded(string text) => string.Concat(text.Take(256).Where(c => !char.IsControl(c)));
}
