using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Audit;

/// <summary>Where the chain ends.</summary>
internal sealed record ChainEnd(long Sequence, string Hash)
{
    public static readonly ChainEnd None = new(0, ChainHash.Start);
}

/// <summary>Gives the records that wait their place in the chain. Not in the transaction that wrote them: all changes of all nodes would wait for each other.</summary>
internal sealed class AuditChain(Store db, CheckpointSeal seal, IOptions<AuditOptions> options, TimeProvider clock, ILogger<AuditChain> logger)
{
    private const int BatchSize = 500;

    public Task<bool> IsWaitingAsync(CancellationToken ct) => db.Set<AuditRecord>().AnyAsync(r => r.Sequence < 0, ct);

    /// <summary>Where the chain ends by its newest checkpoint.</summary>
    public async Task<ChainEnd> EndAsync(CancellationToken ct) =>
        await db.Set<AuditCheckpoint>().AsNoTracking().OrderByDescending(c => c.Sequence).Select(c => new ChainEnd(c.Sequence, c.Hash)).FirstOrDefaultAsync(ct) ?? ChainEnd.None;

    /// <summary>Appends a batch and moves the signed end. Another node that does the same at the same moment wins or loses as a whole.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> AppendAsync(CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var newest = await db.Set<AuditCheckpoint>().OrderByDescending(c => c.Sequence).FirstOrDefaultAsync(ct);
        var rows = await db.Set<AuditRecord>().Where(r => r.Sequence < 0).Take(BatchSize).ToListAsync(ct);
        if (rows.Count == 0)
            return false;
        var (sequence, hash) = (newest?.Sequence ?? 0, newest?.Hash ?? ChainHash.Start);
        foreach (var row in rows.OrderBy(r => r.At).ThenBy(r => r.Id))
        {
            sequence++;
            (row.Sequence, row.Hash) = (sequence, hash = ChainHash.Of(hash, sequence, row));
        }

        var kept = await IsKeptAsync(sequence, ct);
        db.Add(seal.Sign(sequence, hash, clock.GetUtcNow(), archived: false, kept));
        if (newest is { Kept: false })
            db.Remove(newest);
        try
        {
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation())
        {
            db.ChangeTracker.Clear();
            return true;
        }

        // Whoever keeps the log elsewhere can tell a chain that was cut and signed by nobody from this one.
        if (kept)
            logger.LogInformation("Audit checkpoint {Sequence} {Hash}", sequence, hash);
        db.ChangeTracker.Clear();
        return rows.Count == BatchSize;
    }

    private async Task<bool> IsKeptAsync(long sequence, CancellationToken ct)
    {
        var last = await db.Set<AuditCheckpoint>().AsNoTracking().Where(c => c.Kept).OrderByDescending(c => c.Sequence).FirstOrDefaultAsync(ct);
        return last is null || sequence - last.Sequence >= options.Value.CheckpointEvery || clock.GetUtcNow() - last.At >= options.Value.CheckpointInterval;
    }
}
