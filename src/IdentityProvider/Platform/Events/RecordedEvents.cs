using System.Data.Common;
using System.Runtime.CompilerServices;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace IdentityProvider.Platform.Events;

/// <summary>
/// Holds back the line of a recorded event until its row is committed, so that the log never tells of a change that was undone; and lets no transaction
/// commit whose records were forgotten.
/// </summary>
internal sealed class RecordedEvents(EventLines lines) : DbTransactionInterceptor, ISaveChangesInterceptor
{
    private readonly ConditionalWeakTable<DbContext, State> states = [];

    private sealed record Waiting(AuditRecord Record, IEvent News)
    {
        public bool IsSaved { get; set; }
    }

    private sealed class State
    {
        public List<Waiting> Waiting { get; } = [];

        /// <summary>SaveChanges is at work, perhaps in a transaction of its own.</summary>
        public bool IsSaving { get; set; }
    }

    public void Await(Store db, AuditRecord record, IEvent news) => states.GetOrCreateValue(db).Waiting.Add(new Waiting(record, news));

    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Mark(eventData, saving: true);
        return result;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavingChanges(eventData, result));

    public void SaveChangesFailed(DbContextErrorEventData eventData) => Mark(eventData, saving: false);

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Mark(eventData, saving: false);
        return Task.CompletedTask;
    }

    public void SaveChangesCanceled(DbContextEventData eventData) => Mark(eventData, saving: false);

    public Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        Mark(eventData, saving: false);
        return Task.CompletedTask;
    }

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Mark(eventData, saving: false);
        if (eventData.Context is { } db && states.TryGetValue(db, out var state) && state.Waiting.Count > 0)
        {
            // A record that is tracked no more went with a change that was given up.
            state.Waiting.RemoveAll(entry => !entry.IsSaved && db.Entry(entry.Record).State is EntityState.Detached);
            foreach (var entry in state.Waiting)
                entry.IsSaved |= db.Entry(entry.Record).State is EntityState.Unchanged;
            if (db.Database.CurrentTransaction is null)
                Tell(state.Waiting);
        }

        return result;
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(SavedChanges(eventData, result));

    public override DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        // What a transaction saved that was dropped without a word is told by nobody.
        if (eventData.Context is { } db && states.TryGetValue(db, out var state))
            state.Waiting.RemoveAll(entry => entry.IsSaved);
        return result;
    }

    public override ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(TransactionStarted(connection, eventData, result));

    public override InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        // The transaction that SaveChanges makes for itself commits before its rows count as saved.
        if (eventData.Context is { } db && states.TryGetValue(db, out var state) && !state.IsSaving && state.Waiting.Any(entry => !entry.IsSaved && db.Entry(entry.Record).State is EntityState.Added))
            throw new InvalidOperationException("A change is committed without its audit record: SaveChanges is missing after EventLog.Record.");
        return result;
    }

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(TransactionCommitting(transaction, eventData, result));

    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData)
    {
        if (eventData.Context is { } db && states.TryGetValue(db, out var state))
            Tell(state.Waiting);
    }

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        TransactionCommitted(transaction, eventData);
        return Task.CompletedTask;
    }

    public override void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData)
    {
        if (eventData.Context is { } db && states.TryGetValue(db, out var state))
            state.Waiting.RemoveAll(entry => entry.IsSaved);
    }

    public override Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        TransactionRolledBack(transaction, eventData);
        return Task.CompletedTask;
    }

    private void Mark(DbContextEventData eventData, bool saving)
    {
        if (eventData.Context is { } db && states.TryGetValue(db, out var state))
            state.IsSaving = saving;
    }

    private void Tell(List<Waiting> list)
    {
        var saved = list.Where(entry => entry.IsSaved).ToList();
        list.RemoveAll(entry => entry.IsSaved);
        foreach (var entry in saved)
            lines.Write(entry.News);
    }
}
