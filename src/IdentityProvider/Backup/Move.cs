using System.Security.Cryptography;
using IdentityProvider.Backup.Tables;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Backup;

/// <summary>
/// Takes everything from the database of now into another one, with people signed in and tokens alive: nothing ends, because nothing of it is old.
/// The old database is left as it is.
/// </summary>
internal sealed class Move(Store db, EventLog events, RecordedEvents recorded, IOptions<DatabaseOptions> database)
{
    /// <returns>How many rows.</returns>
    /// <exception cref="BackupException">The other database is as empty as it was.</exception>
    public async Task<long> RunAsync(DatabaseOptions next, CancellationToken ct)
    {
        await Neighbours.RefuseAsync(db, ct);
        await Moment.SchemaAsync(db, ct);
        await using var target = new Store((DbContextOptions<Store>)new DbContextOptionsBuilder<Store>().UseProvider(next).AddInterceptors(recorded).Options);
        await PrepareAsync(target, ct);
        await Neighbours.RefuseAsync(target, ct);
        target.Database.SetCommandTimeout(0);

        // In SQLite nobody can write from here on, elsewhere it is asked again at the end.
        await using var held = db.Database.IsSqlite() ? await db.Database.BeginTransactionAsync(ct) : null;
        if (held is null)
            await Moment.BeginAsync(db, ct);
        await using var transaction = await target.Database.BeginTransactionAsync(ct);
        var total = 0L;
        foreach (var (from, to) in StoredTables.Of(db).Zip(StoredTables.Of(target)))
            total += await CopyAsync(from, to, target, ct);
        events.Record(target, new DatabaseMoved(database.Value.Provider.ToString(), next.Provider.ToString(), total));
        await target.SaveChangesAsync(ct);
        if (held is null)
            await Neighbours.RefuseAsync(db, ct);
        await transaction.CommitAsync(ct);
        return total;
    }

    /// <summary>Makes the tables where there are none; a database of another version is somebody's.</summary>
    private static async Task PrepareAsync(Store target, CancellationToken ct)
    {
        if (await target.Database.CanConnectAsync(ct) && (await target.Database.GetAppliedMigrationsAsync(ct)).Any())
            await Moment.SchemaAsync(target, ct);
        else
            await target.Database.MigrateAsync(ct);
    }

    private async Task<long> CopyAsync(StoredTable from, StoredTable to, Store target, CancellationToken ct)
    {
        var (source, sink) = (new TableRows(db), new TableRows(target));
        if (!await sink.IsEmptyAsync(to, ct))
            throw new BackupException($"The other database is not empty: there are {to.Name}. Name one that holds nothing.");
        var (batch, read, written) = (new List<object?[]>(), new RowsDigest(from), new RowsDigest(to));
        await foreach (var row in source.ReadAsync(from, ct))
        {
            read.Add(row);
            batch.Add(row);
            if (batch.Count < TableRows.Batch(to))
                continue;
            await sink.InsertAsync(to, batch, ct);
            batch.Clear();
        }

        if (batch.Count > 0)
            await sink.InsertAsync(to, batch, ct);
        await foreach (var row in sink.ReadAsync(to, ct))
            written.Add(row);
        return read.Equals(written) ? read.Count : throw new BackupException($"The table {to.Name} of the other database does not give back what was written to it. Look after it, and try again.");
    }

    /// <summary>Rows in any order, to the microsecond, which is what all databases keep.</summary>
    private sealed class RowsDigest(StoredTable table) : IEquatable<RowsDigest>
    {
        private readonly byte[] sum = new byte[SHA256.HashSizeInBytes];

        public long Count { get; private set; }

        public void Add(object?[] row)
        {
            using var bytes = new MemoryStream();
            using var writer = new BinaryWriter(bytes, ValueBytes.Encoding);
            for (var i = 0; i < row.Length; i++)
                ValueBytes.Write(writer, table.Columns[i].Kind, row[i] is DateTimeOffset time ? new DateTimeOffset(time.UtcTicks / TimeSpan.TicksPerMicrosecond * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero) : row[i]);
            var hash = SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            for (var i = 0; i < sum.Length; i++)
                sum[i] ^= hash[i];
            Count++;
        }

        public bool Equals(RowsDigest? other) => other is not null && Count == other.Count && sum.AsSpan().SequenceEqual(other.sum);

        public override bool Equals(object? obj) => Equals(obj as RowsDigest);

        public override int GetHashCode() => Count.GetHashCode();
    }
}

/// <summary>From here on the server lives in another database.</summary>
internal sealed record DatabaseMoved(string From, string To, long Rows) : IEvent
{
    public string Name => "backup.database_moved";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("from", From), new("to", To), new("rows", Rows)];
}
