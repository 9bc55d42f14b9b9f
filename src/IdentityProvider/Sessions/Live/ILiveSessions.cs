namespace IdentityProvider.Sessions.Live;

/// <summary>
/// Where each request looks up the session of its cookie. The row in the database is there in any case: what was given in a session, and
/// who is to hear of its end, hang on it and end with it in one transaction.
/// Reason for the interface: two in production, the database and Redis.
/// </summary>
internal interface ILiveSessions
{
    /// <summary>The session of this handle with its user, or null: it is over or unknown, or the user is disabled.</summary>
    Task<Session?> FindAsync(string handleHash, DateTimeOffset now, CancellationToken ct);

    /// <summary>It began or has another handle; the one before is worth nothing from here on. Called when the row is written, before the cookie is.</summary>
    Task KeepAsync(Session session, DateTimeOffset now, CancellationToken ct);

    /// <summary>Something of it changed and the row says so already. Nothing happens where it has ended, or has another handle meanwhile.</summary>
    Task ChangeAsync(Session session, Action<Session> change, DateTimeOffset now, CancellationToken ct);

    /// <summary>They are over. Called before their end is committed: when this fails, nothing has ended and whoever wanted it hears so.</summary>
    Task ForgetAsync(IReadOnlyCollection<Guid> ids, CancellationToken ct);
}
