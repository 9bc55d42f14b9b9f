using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Sessions.Live;

/// <summary>The row is the answer: an ended session is refused at once, on every node, and there is nothing to keep beside it.</summary>
internal sealed class DatabaseSessions(Store db) : ILiveSessions
{
    public Task<Session?> FindAsync(string handleHash, DateTimeOffset now, CancellationToken ct) =>
        db.Set<Session>().AsNoTracking().Include(s => s.User)
            .FirstOrDefaultAsync(s => s.HandleHash == handleHash && s.IdleExpiresAt > now && s.ExpiresAt > now && s.User.DisabledAt == null, ct);

    public Task KeepAsync(Session session, DateTimeOffset now, CancellationToken ct) => Task.CompletedTask;

    public Task ChangeAsync(Session session, Action<Session> change, DateTimeOffset now, CancellationToken ct) => Task.CompletedTask;

    public Task ForgetAsync(IReadOnlyCollection<Guid> ids, CancellationToken ct) => Task.CompletedTask;
}
