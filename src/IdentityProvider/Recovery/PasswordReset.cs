using System.Globalization;
using IdentityProvider.Email;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Recovery;

/// <summary>Somebody proved that they read the mailbox: whose account it is, and what the proof was.</summary>
internal sealed record ProvenOwner(FoundCode Proof, RecoveryData Data, User User);

/// <summary>
/// From a proof to a new password. A proof is a mailed link in the browser that asked for it, or the digits; digits are traded for a
/// link of this browser, so that a slip in the new password costs none of their few attempts.
/// </summary>
internal sealed class PasswordReset(
    Store db, CodeStore codes, BrowserCookie browsers, Passwords passwords, StoredPasswords stored, SessionStore sessions, Lockout lockout, KnownBrowsers known, MailOutbox outbox, EventLog events, TimeProvider clock)
{
    private const string Proven = "recovery-proven";
    private static readonly TimeSpan ProvenLifetime = TimeSpan.FromMinutes(30);

    /// <summary>Whose password may be set with this link in this browser. Looking uses nothing up.</summary>
    /// <returns>Null for a link that is no good; not <see cref="FoundCode.SameBrowser"/> where the digits are wanted too.</returns>
    public async Task<ProvenOwner?> FindAsync(HttpContext http, string? token, CancellationToken ct)
    {
        var browser = browsers.Read(http);
        return await WhoseAsync(await codes.FindByLinkAsync(Proven, token, browser, ct) ?? await codes.FindByLinkAsync(RecoveryMail.Purpose, token, browser, ct), ct);
    }

    /// <summary>Trades digits for a link of this browser.</summary>
    /// <param name="http">The browser.</param>
    /// <param name="token">The mailed link, where it was opened in another browser than the one that asked; else null.</param>
    /// <param name="typed">The digits.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<string?> TradeAsync(HttpContext http, string? token, string? typed, CancellationToken ct)
    {
        var browser = browsers.Ensure(http);
        var found = token is null
            ? await codes.FindByCodeAsync(RecoveryMail.Purpose, browser, typed, ct)
            : await codes.FindByLinkAndCodeAsync(RecoveryMail.Purpose, token, browser, typed, ct);
        if (await WhoseAsync(found, ct) is not { } recovery)
            return null;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await codes.ConsumeAsync(recovery.Proof, ct))
            return null;

        // The request waits in the browser it was started in.
        var data = recovery.Proof.SameBrowser ? recovery.Data : recovery.Data with { Ticket = null };
        var issued = codes.Add(Proven, recovery.Proof.Owner, ProvenLifetime, browser, data.ToString());
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return issued.Token;
    }

    /// <summary>
    /// Sets the password, once for each proof, and ends what the old one opened: sessions, refresh tokens, other mailed links,
    /// trusted browsers. Signs nobody in: the second factor is still to come.
    /// </summary>
    /// <exception cref="PasswordsBusyException">No turn to hash.</exception>
    public async Task<bool> CompleteAsync(HttpContext http, ProvenOwner recovery, string password, CancellationToken ct)
    {
        var user = recovery.User;
        var hash = await passwords.HashAsync(password, ct);
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            if (!await codes.ConsumeAsync(recovery.Proof, ct) || !await stored.ReplacePasswordAsync(user.Id, user.PasswordHash, hash, ct))
                return false;
            await EndAllAsync(user.Id, ct);
            await db.Set<User>().Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, true), ct);
            await sessions.EndAllAsync(user.Id, except: null, "password_reset", ct);
            outbox.Add(db, new MailMessage("password-changed", user.Email!, user.Locale, new Dictionary<string, string> { ["time"] = clock.GetUtcNow().ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture) }));
            events.Record(db, new PasswordChanged(user.Id, "reset"));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        // Whoever guessed at the old password must not keep the owner from the new one.
        await lockout.SucceededAsync(Lockout.KeyFor(user, ""), ct);
        known.Remember(http, await db.Set<User>().AsNoTracking().FirstAsync(u => u.Id == user.Id, ct));
        return true;
    }

    /// <summary>All links and digits that are on their way to a new password are worth nothing.</summary>
    public async Task EndAllAsync(Guid userId, CancellationToken ct)
    {
        await codes.EndAsync(RecoveryMail.Purpose, userId.ToString("N"), ct);
        await codes.EndAsync(Proven, userId.ToString("N"), ct);
    }

    /// <summary>The account, if it still has the address that the mail went to.</summary>
    private async Task<ProvenOwner?> WhoseAsync(FoundCode? found, CancellationToken ct)
    {
        if (found is null || !Guid.TryParseExact(found.Owner, "N", out var id))
            return null;
        var data = RecoveryData.Of(found);
        var user = await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id && u.NormalizedEmail == data.Email && u.DisabledAt == null && u.ServiceSince == null, ct);
        return user is null ? null : new ProvenOwner(found, data, user);
    }
}
