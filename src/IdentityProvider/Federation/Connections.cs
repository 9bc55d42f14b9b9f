using IdentityProvider.Email;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Federation;

/// <summary>An account elsewhere as its owner sees it.</summary>
internal sealed record Connection(Guid Id, string Provider, string Title, string? AccountName, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, bool IsOff);

/// <summary>The accounts elsewhere that open somebody's account: listed, added by who is signed in here, and removed but for the last way in.</summary>
internal sealed class Connections(Store db, SessionStore sessions, WaysIn ways, SecurityMail mails, EventLog events, TimeProvider clock)
{
    /// <summary>More than one person has; a limit on what one account can store.</summary>
    public const int MaxPerUser = 20;

    public async Task<IReadOnlyList<Connection>> OfAsync(Guid userId, CancellationToken ct) => await db.Set<ExternalLogin>().Where(l => l.UserId == userId)
        .Join(db.Set<UpstreamProvider>(), l => l.ProviderId, p => p.Id, (login, provider) => new { login, provider })
        .OrderBy(pair => pair.provider.DisplayName).ThenBy(pair => pair.login.CreatedAt)
        .Select(pair => new Connection(pair.login.Id, pair.provider.Name, pair.provider.DisplayName, pair.login.AccountName, pair.login.CreatedAt, pair.login.LastUsedAt, pair.provider.DisabledAt != null)).ToListAsync(ct);

    public Task<int> WaysAsync(Guid userId, CancellationToken ct) => ways.CountAsync(userId, ct);

    /// <summary>Connects an account elsewhere that was just proven. Null when it is done, or was before.</summary>
    public async Task<Refusal?> AddAsync(HttpContext http, KnownProvider provider, UpstreamIdentity who, Session session, CancellationToken ct)
    {
        var title = provider.Row.DisplayName;
        var same = db.Set<ExternalLogin>().Where(l => l.ProviderId == provider.Row.Id && l.Issuer == who.Issuer && l.Subject == who.Subject);
        if (await same.Select(l => (Guid?)l.UserId).FirstOrDefaultAsync(ct) is { } owner)
            return owner == session.UserId ? null : Refusal.Another(title);
        if (await db.Set<ExternalLogin>().CountAsync(l => l.UserId == session.UserId, ct) >= MaxPerUser)
            return Refusal.TooMany(title);
        db.Add(new ExternalLogin { UserId = session.UserId, ProviderId = provider.Row.Id, Issuer = who.Issuer, Subject = who.Subject, AccountName = who.Email, CreatedAt = clock.GetUtcNow() });
        mails.Add(db, http, RecipientOf(session.User), "provider-linked", ("provider", title));
        events.Record(db, new ExternalLoginLinked(session.UserId, provider.Row.Name));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation())
        {
            db.ChangeTracker.Clear();
            return await same.AnyAsync(l => l.UserId == session.UserId, ct) ? null : Refusal.Another(title);
        }

        return null;
    }

    /// <summary>False when it is the last way in, or gone already.</summary>
    public async Task<bool> RemoveAsync(HttpContext http, Guid id, Session session, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await ways.HoldAsync(session.UserId, ct);
        var mine = (await OfAsync(session.UserId, ct)).FirstOrDefault(c => c.Id == id);
        if (mine is null || await db.Set<ExternalLogin>().Where(l => l.Id == id && l.UserId == session.UserId).ExecuteDeleteAsync(ct) == 0 || !await ways.RemainAsync(session.UserId, ct))
            return false;

        // Whoever came in by it elsewhere is out, too.
        await sessions.EndAllAsync(session.UserId, session.Id, "provider_removed", ct);
        mails.Add(db, http, RecipientOf(session.User), "provider-unlinked", ("provider", mine.Title));
        events.Record(db, new ExternalLoginUnlinked(session.UserId, mine.Provider));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private static MailRecipient RecipientOf(User user) => new(user.Email, user.EmailConfirmed, user.Locale);
}
