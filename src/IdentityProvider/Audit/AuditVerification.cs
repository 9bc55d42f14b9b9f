using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Audit;

/// <param name="From">The first record that was looked at; those before it are archived.</param>
/// <param name="To">The last one that is proven.</param>
/// <param name="Hash">Of that one.</param>
/// <param name="Waiting">Records that have no place in the chain yet.</param>
/// <param name="Break">What is wrong; null when all is right.</param>
internal sealed record AuditVerdict(long From, long To, string Hash, int Waiting, ChainBreak? Break);

/// <summary>Proves that the records in the database are those that were written, all of them and in their order.</summary>
internal sealed class AuditVerification(Store db, CheckpointSeal seal)
{
    private const int Page = 1000;

    /// <param name="expected">The end of the chain as it was seen elsewhere: in the log, or in an answer that was kept.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<AuditVerdict> RunAsync(ChainEnd? expected, CancellationToken ct)
    {
        // All of them before the first record: the server goes on meanwhile, and takes checkpoints away as it sets new ones.
        var checkpoints = await db.Set<AuditCheckpoint>().AsNoTracking().OrderBy(c => c.Sequence).ToListAsync(ct);
        var beyond = await db.Set<AuditRecord>().Where(r => r.Sequence > 0 && r.Sequence > (db.Set<AuditCheckpoint>().Max(c => (long?)c.Sequence) ?? 0)).OrderBy(r => r.Sequence).Select(r => (long?)r.Sequence).FirstOrDefaultAsync(ct);
        var waiting = await db.Set<AuditRecord>().CountAsync(r => r.Sequence < 0, ct);
        var start = checkpoints.LastOrDefault(c => c.Archived) is { } archived ? new ChainEnd(archived.Sequence, archived.Hash) : ChainEnd.None;
        var walk = new ChainWalk(start);
        var found = Forged(checkpoints) ?? await WalkAsync(walk, checkpoints, expected, ct) ?? Tail(walk.Last, checkpoints, beyond) ?? Missed(walk.Last, start, expected);
        return new AuditVerdict(start.Sequence + 1, walk.Last.Sequence, walk.Last.Hash, waiting, found);
    }

    /// <summary>What the chain in the database goes on behind: the end of the last archive.</summary>
    public async Task<ChainEnd> StartAsync(CancellationToken ct) =>
        await db.Set<AuditCheckpoint>().AsNoTracking().Where(c => c.Archived).OrderByDescending(c => c.Sequence).Select(c => new ChainEnd(c.Sequence, c.Hash)).FirstOrDefaultAsync(ct) ?? ChainEnd.None;

    private ChainBreak? Forged(List<AuditCheckpoint> checkpoints) =>
        checkpoints.FirstOrDefault(c => !seal.IsGenuine(c)) is { } forged ? new ChainBreak(forged.Sequence, $"The checkpoint at {forged.Sequence} is not signed by this server.") : null;

    private async Task<ChainBreak?> WalkAsync(ChainWalk walk, List<AuditCheckpoint> checkpoints, ChainEnd? expected, CancellationToken ct)
    {
        var signed = checkpoints.ToDictionary(c => c.Sequence, c => c.Hash);
        var end = checkpoints.Count == 0 ? 0 : checkpoints[^1].Sequence;
        var proven = walk.Last.Sequence;

        // From the very first: a record with the number of an archived one is none of ours.
        long after = 0;
        while (true)
        {
            var page = await db.Set<AuditRecord>().AsNoTracking().Where(r => r.Sequence > after && r.Sequence <= end).OrderBy(r => r.Sequence).Take(Page).ToListAsync(ct);
            foreach (var record in page)
            {
                if (walk.Step(record) is { } found)
                    return found;
                if (record.Sequence == expected?.Sequence && record.Hash != expected.Hash)
                    return new ChainBreak(record.Sequence, $"Record {record.Sequence} or one before it is not the one that was seen: the chain was written anew.");
                if (!signed.TryGetValue(record.Sequence, out var hash))
                    continue;
                if (hash != record.Hash)
                    return new ChainBreak(proven + 1, $"Of the records from {proven + 1} to {record.Sequence} at least one is not what was signed: the chain was written anew.");
                proven = record.Sequence;
            }

            if (page.Count < Page)
                return null;
            after = page[^1].Sequence;
        }
    }

    /// <summary>The newest checkpoint always stands at the end.</summary>
    private static ChainBreak? Tail(ChainEnd last, List<AuditCheckpoint> checkpoints, long? beyond)
    {
        var end = checkpoints.Count == 0 ? 0 : checkpoints[^1].Sequence;
        return last.Sequence < end ? new ChainBreak(last.Sequence + 1, $"The records from {last.Sequence + 1} to {end} are missing.")
            : beyond is { } unsigned ? new ChainBreak(unsigned, $"Record {unsigned} stands behind the end of the chain: no checkpoint is signed for it, or it was taken away.")
            : null;
    }

    private static ChainBreak? Missed(ChainEnd last, ChainEnd start, ChainEnd? expected) =>
        expected is null ? null
        : expected.Sequence > last.Sequence ? new ChainBreak(last.Sequence + 1, $"The chain was seen to reach {expected.Sequence}: the records from {last.Sequence + 1} on are missing.")
        : expected.Sequence == start.Sequence && expected.Hash != start.Hash ? new ChainBreak(start.Sequence, $"Record {start.Sequence} is not the one that was seen.")
        : null;
}
