using System.Globalization;
using IdentityProvider.Clients;
using IdentityProvider.Email;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.PersonalData;

/// <summary>Asked for, undone, or carried out.</summary>
internal sealed class Deletions(
    Store db, SessionStore sessions, Administrators administrators, MailOutbox mails, IOptions<PersonalDataOptions> options, IOptions<IdentityProviderOptions> server, TimeProvider clock, EventLog events)
{
    private const int BatchSize = 100;

    public Task<Deletion?> FindAsync(Guid userId, CancellationToken ct) => db.Set<Deletion>().AsNoTracking().FirstOrDefaultAsync(d => d.UserId == userId, ct);

    /// <summary>Closes the account: every session and grant ends now, the rest when the time is over. Null for the last administrator, who stays.</summary>
    /// <param name="user">Whose it is.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="immediately">Without a time in which it can be undone.</param>
    /// <param name="by">Who else wants it, recorded in the same transaction.</param>
    public async Task<Deletion?> RequestAsync(User user, CancellationToken ct, bool immediately = false, IEvent? by = null)
    {
        var userId = user.Id;
        var (now, undo) = (clock.GetUtcNow(), Handle.Create());
        var deletion = new Deletion { UserId = userId, RequestedAt = now, DueAt = immediately ? now : now + options.Value.DeletionGrace, UndoHash = Handle.Hash(undo) };
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            await RoleLock.TakeAsync(db, ct);
            var administered = await administrators.AnyAsync(ct);
            await db.Set<Deletion>().Where(d => d.UserId == userId).ExecuteDeleteAsync(ct);
            db.Add(deletion);
            Tell(user, deletion, undo);
            events.Record(db, new DeletionRequested(userId, deletion.DueAt));
            if (by is not null)
                events.Record(db, by);
            await db.SaveChangesAsync(ct);
            if (administered && !await administrators.AnyAsync(ct))
            {
                db.ChangeTracker.Clear();
                return null;
            }

            await sessions.EndAllAsync(userId, null, "deletion_requested", ct);
            await transaction.CommitAsync(ct);
        }

        return deletion;
    }

    /// <summary>The person stays after all. False when there was nothing to undo, or it is too late.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="by">Who else wants it, recorded in the same transaction.</param>
    public async Task<bool> UndoAsync(Guid userId, CancellationToken ct, IEvent? by = null)
    {
        var now = clock.GetUtcNow();
        return await events.RecordAsync(
            db,
            async () =>
            {
                if (await db.Set<Deletion>().Where(d => d.UserId == userId && d.DueAt > now).ExecuteDeleteAsync(ct) == 0)
                    return null;
                if (by is not null)
                    events.Record(db, by);
                return new DeletionUndone(userId);
            },
            ct);
    }

    /// <summary>The same by the value in the mailed link.</summary>
    public async Task<bool> UndoAsync(string undo, CancellationToken ct)
    {
        var hash = Handle.Hash(undo);
        return await db.Set<Deletion>().Where(d => d.UndoHash == hash).Select(d => (Guid?)d.UserId).FirstOrDefaultAsync(ct) is { } userId && await UndoAsync(userId, ct);
    }

    /// <summary>
    /// Removes the people whose time is over, and by the foreign keys all that is held of them. The condition is part of the
    /// statement: whoever undoes it at the same moment either stays whole or is gone.
    /// </summary>
    public static async Task<int> CarryOutAsync(Store db, DateTimeOffset now, IServiceProvider services, CancellationToken ct)
    {
        var due = await db.Set<Deletion>().Where(d => d.DueAt <= now).OrderBy(d => d.DueAt).Select(d => d.UserId).Take(BatchSize).ToListAsync(ct);
        var removed = 0;
        foreach (var userId in due)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            if (await db.Set<User>().Where(u => u.Id == userId && db.Set<Deletion>().Any(d => d.UserId == u.Id && d.DueAt <= now)).ExecuteDeleteAsync(ct) == 0)
                continue;

            // Grants belong to clients and know nobody's table: no foreign key removes them.
            await db.Set<Token>().Where(t => t.Authorization!.UserId == userId).ExecuteDeleteAsync(ct);
            await db.Set<Grant>().Where(g => g.UserId == userId).ExecuteDeleteAsync(ct);
            services.GetRequiredService<EventLog>().Record(db, new AccountDeleted(userId));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            removed++;
        }

        return removed;
    }

    /// <summary>Whoever did this without the owner has not won: the owner has the mail.</summary>
    private void Tell(User user, Deletion deletion, string undo)
    {
        if (!EmailAddress.IsValid(user.Email))
            return;
        mails.Add(db, new MailMessage("account-closed", user.Email!, user.Locale, new Dictionary<string, string>
        {
            ["name"] = user.DisplayName,
            ["due"] = deletion.DueAt.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture),
            ["link"] = new Uri(server.Value.IssuerUri, $"keep-account?token={undo}").AbsoluteUri,
        })
        { ExpiresAt = deletion.DueAt });
    }
}

internal sealed record DeletionRequested(Guid UserId, DateTimeOffset DueAt) : IEvent
{
    public string Name => "account.deletion_requested";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("due", DueAt)];
}

internal sealed record DeletionUndone(Guid UserId) : IEvent
{
    public string Name => "account.deletion_undone";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId)];
}

internal sealed record AccountDeleted(Guid UserId) : IEvent
{
    public string Name => "account.deleted";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId)];
}

internal sealed record DataExported(Guid UserId) : IEvent
{
    public string Name => "account.data_exported";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId)];
}
