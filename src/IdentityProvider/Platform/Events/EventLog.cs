using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Events;

/// <summary>
/// Where rooms tell their news: to the log, the metrics and the audit. What comes with a change is recorded in its transaction
/// (<see cref="Record"/>): a change that cannot be audited does not happen. What changes nothing is raised, and written soon.
/// </summary>
internal sealed class EventLog(EventLines lines, EventQueue queue, RecordedEvents recorded, IHttpContextAccessor http, TimeProvider clock)
{
    public const string Instrument = "identityprovider.events";

    /// <summary>News without a change. It is in the audit within a second.</summary>
    public void Raise(IEvent news)
    {
        lines.Write(news);
        if (news.IsAudited)
            queue.Add(AuditRecord.Of(news, Origin.Of(http.HttpContext), clock.GetUtcNow()), news.AuditedOncePer);
    }

    /// <summary>
    /// News of a change: saved by the caller's next <c>SaveChanges</c> on the same store, in the transaction that is open there, and gone with it when it
    /// is rolled back. Log and metrics hear of it once it is committed.
    /// </summary>
    public void Record(Store db, IEvent news)
    {
        var record = AuditRecord.Of(news, Origin.Of(http.HttpContext), clock.GetUtcNow());
        db.Add(record);
        recorded.Await(db, record, news);
    }

    /// <summary>For a change that is a statement of its own: runs it and saves its record in one transaction, or in the one that is open.</summary>
    /// <param name="db">The store that the change goes to.</param>
    /// <param name="change">The change; what there is to record of it, or null when nothing changed.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Whether something changed.</returns>
    public async Task<bool> RecordAsync(Store db, Func<Task<IEvent?>> change, CancellationToken ct)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        if (await change() is not { } news)
            return false;
        Record(db, news);
        await db.SaveChangesAsync(ct);
        if (transaction is not null)
            await transaction.CommitAsync(ct);
        return true;
    }
}
