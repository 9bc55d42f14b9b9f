using System.Text.Json;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Audit;

/// <summary>What an archive begins with.</summary>
internal sealed record ArchiveHeader(int Archive, string Issuer, long From, long To, string Before, DateTimeOffset MadeAt);

/// <summary>What it ends with: the chain up to its last record, signed.</summary>
internal sealed record ArchiveAnchor(AuditCheckpoint Checkpoint, string PublicKey);

/// <summary>Moves what is old into a file that proves itself, and lets the chain go on behind it.</summary>
internal sealed class AuditArchive(Store db, AuditVerification verification, CheckpointSeal seal, EventLog events, IOptions<IdentityProviderOptions> server, TimeProvider clock)
{
    /// <summary>Deleted in one transaction: nobody waits long for a lock.</summary>
    private const int Batch = 2000, Page = 1000;

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The file is written, flushed to the disk and only then are its records deleted. Cut short, what is left in the database is still one chain.</summary>
    /// <param name="file">Where to; must not exist.</param>
    /// <param name="before">Records that are older.</param>
    /// <param name="ct">Ends between two batches.</param>
    /// <returns>The last record in the file; 0 when nothing is as old.</returns>
    /// <exception cref="AuditBrokenException">The chain is broken: what is wrong must not leave the database.</exception>
    public async Task<ArchiveHeader?> RunAsync(string file, DateTimeOffset before, CancellationToken ct)
    {
        var verdict = await verification.RunAsync(null, ct);
        if (verdict.Break is { } broken)
            throw new AuditBrokenException(broken);
        var chained = db.Set<AuditRecord>().Where(r => r.Sequence > 0);
        var to = (await chained.Where(r => r.At >= before).MinAsync(r => (long?)r.Sequence, ct) ?? (verdict.To + 1)) - 1;
        if (to < verdict.From)
            return null;

        var first = verdict.From == 1 ? ChainHash.Start : await db.Set<AuditCheckpoint>().Where(c => c.Sequence == verdict.From - 1).Select(c => c.Hash).SingleAsync(ct);
        var header = new ArchiveHeader(1, server.Value.Issuer, verdict.From, to, first, clock.GetUtcNow());
        await WriteAsync(file, header, ct);
        for (var until = header.From - 1; until < to;)
        {
            until = Math.Min(until + Batch, to);
            await MoveAsync(until, until == to ? new AuditArchived(header.From, to, Path.GetFileName(file)) : null, ct);
        }

        return header;
    }

    private async Task WriteAsync(string file, ArchiveHeader header, CancellationToken ct)
    {
        await using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous });
        await using var writer = new StreamWriter(stream);
        await writer.WriteLineAsync(JsonSerializer.Serialize(header, Json));
        var walk = new ChainWalk(new ChainEnd(header.From - 1, header.Before));
        while (walk.Last.Sequence < header.To)
        {
            var after = walk.Last.Sequence;
            foreach (var record in await db.Set<AuditRecord>().AsNoTracking().Where(r => r.Sequence > after && r.Sequence <= header.To).OrderBy(r => r.Sequence).Take(Page).ToListAsync(ct))
            {
                if (walk.Step(record) is { } broken)
                    throw new AuditBrokenException(broken);
                await writer.WriteLineAsync(JsonSerializer.Serialize(record, Json));
            }
        }

        await writer.WriteLineAsync(JsonSerializer.Serialize(new ArchiveAnchor(seal.Sign(walk.Last.Sequence, walk.Last.Hash, clock.GetUtcNow(), archived: true, kept: true), seal.PublicKey), Json));
        await writer.FlushAsync(ct);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>The beginning of the chain moves behind what is deleted, in one transaction with it.</summary>
    private async Task MoveAsync(long until, IEvent? news, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var hash = await db.Set<AuditRecord>().Where(r => r.Sequence == until).Select(r => r.Hash).SingleAsync(ct);
        await db.Set<AuditCheckpoint>().Where(c => c.Sequence <= until).ExecuteDeleteAsync(ct);
        await db.Set<AuditRecord>().Where(r => r.Sequence > 0 && r.Sequence <= until).ExecuteDeleteAsync(ct);
        db.Add(seal.Sign(until, hash!, clock.GetUtcNow(), archived: true, kept: true));
        if (news is not null)
            events.Record(db, news);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        db.ChangeTracker.Clear();
    }
}

/// <summary>The chain is not what was written.</summary>
internal sealed class AuditBrokenException(ChainBreak found) : Exception(found.Words);

/// <summary>Records left the database for a file.</summary>
internal sealed record AuditArchived(long From, long To, string File) : IEvent
{
    public string Name => "audit.archived";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("from", From), new("to", To), new("file", File)];
}
