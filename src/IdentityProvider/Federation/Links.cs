using IdentityProvider.Email;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Federation;

/// <summary>A link that waits, and what its provider is called.</summary>
internal sealed record WaitingLink(PendingLink Link, string ProviderName, string ProviderTitle);

/// <summary>
/// Connects an account elsewhere with one here that has its address, after both were proven in this browser: that one just now,
/// and this one by its own means since.
/// </summary>
internal sealed class Links(Store db, LinkCookie cookie, SecurityMail mails, EventLog events, TimeProvider clock)
{
    /// <summary>What opens an account by itself. A mailed code is not among them: it proves the address once more, and nothing of the account.</summary>
    private static readonly string[] Proofs = ["pwd", "hwk", "swk", "fed"];

    public async Task AskAsync(HttpContext http, KnownProvider provider, UpstreamIdentity who, Guid userId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        db.Add(new PendingLink
        {
            HandleHash = cookie.Write(http),
            UserId = userId,
            ProviderId = provider.Row.Id,
            Issuer = who.Issuer,
            Subject = who.Subject,
            Email = who.Email!,
            CreatedAt = now,
            ExpiresAt = now + PendingLink.Lifetime,
        });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>What waits in this browser.</summary>
    public async Task<WaitingLink?> FindAsync(HttpContext http, CancellationToken ct)
    {
        if (cookie.HashOf(http) is not { } hash)
            return null;
        var now = clock.GetUtcNow();
        return await db.Set<PendingLink>().AsNoTracking().Where(l => l.HandleHash == hash && l.ExpiresAt > now)
            .Join(db.Set<UpstreamProvider>().Where(p => p.DisabledAt == null), l => l.ProviderId, p => p.Id, (l, p) => new WaitingLink(l, p.Name, p.DisplayName)).FirstOrDefaultAsync(ct);
    }

    /// <summary>Did the person prove the account here, by its own means, since they proved the other?</summary>
    public static bool IsProven(PendingLink link, Session? session) =>
        session is { CompletedAt: not null } && session.UserId == link.UserId && session.Factors.Exists(f => f.At >= link.CreatedAt && Proofs.Contains(f.Method));

    /// <summary>Connects the two, once. False when the link was used, is too old, or the account elsewhere is somebody's already.</summary>
    public async Task<bool> ConnectAsync(HttpContext http, WaitingLink waiting, Session session, CancellationToken ct)
    {
        var (link, now) = (waiting.Link, clock.GetUtcNow());
        cookie.Delete(http);
        if (!IsProven(link, session))
            return false;
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            if (await db.Set<PendingLink>().Where(l => l.Id == link.Id && l.ExpiresAt > now).ExecuteDeleteAsync(ct) == 0)
                return false;
            db.Add(new ExternalLogin { UserId = link.UserId, ProviderId = link.ProviderId, Issuer = link.Issuer, Subject = link.Subject, AccountName = link.Email, CreatedAt = now });

            // The provider proved the address, and the account is the person's.
            var normalized = UserNames.Normalize(link.Email);
            await db.Set<User>().Where(u => u.Id == link.UserId && u.NormalizedEmail == normalized && !u.EmailConfirmed).ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, true), ct);
            mails.Add(db, http, new MailRecipient(link.Email, true, session.User.Locale), "provider-linked", ("provider", waiting.ProviderTitle));
            events.Record(db, new ExternalLoginLinked(link.UserId, waiting.ProviderName));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation())
        {
            db.ChangeTracker.Clear();
            return false;
        }

        return true;
    }

    public async Task ForgetAsync(HttpContext http, CancellationToken ct)
    {
        if (cookie.HashOf(http) is { } hash)
            await db.Set<PendingLink>().Where(l => l.HandleHash == hash).ExecuteDeleteAsync(ct);
        cookie.Delete(http);
    }
}
