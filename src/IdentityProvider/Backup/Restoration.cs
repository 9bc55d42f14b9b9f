using System.Globalization;
using IdentityProvider.Backup.Files;
using IdentityProvider.Backup.Tables;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Redis;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Sessions.Live;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace IdentityProvider.Backup;

/// <summary>What a restore did.</summary>
internal sealed record Restored(BackupManifest Manifest, long Rows, IReadOnlyList<(string Name, int Count)> Ended);

/// <summary>Puts a backup back, as a whole or not at all.</summary>
internal sealed class Restoration(
    Store db, IServiceProvider services, BackupKeys keys, IEnumerable<EndedByRestore> endings, EventLog events, ILiveSessions live, RedisServer redis, IOptions<RedisOptions> redisOptions, TimeProvider clock)
{
    /// <param name="file">The backup.</param>
    /// <param name="replace">What the database holds may go.</param>
    /// <param name="keep">What of it is to stay alive although it may have been taken back since.</param>
    /// <param name="ct">Leaves everything as it was.</param>
    /// <exception cref="BackupException">Everything is as it was.</exception>
    public async Task<Restored> RunAsync(string file, bool replace, IReadOnlyCollection<KeepOption> keep, CancellationToken ct)
    {
        await Neighbours.RefuseAsync(db, ct);
        using var backup = new BackupReader(file, keys);
        var schema = await Moment.SchemaAsync(db, ct);
        var tables = StoredTables.Of(db);
        Compare(backup.Manifest, schema, tables, file);
        db.Database.SetCommandTimeout(0);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await EmptyAsync(tables, replace, ct);
        var rows = await FillAsync(backup, tables, ct);
        await CheckMasterKeyAsync(ct);
        var ended = new List<(string Name, int Count)>();
        try
        {
            foreach (var ending in endings.Where(ending => !keep.Contains(ending.KeptBy)))
                ended.Add((ending.Name, await ending.EndAsync(services, ct)));
            await ForgetInRedisAsync(ct);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            throw new BackupException($"Redis does not do what is asked of it: {exception.Message} What it remembers of sessions has to go with the old state. See that it answers and allows SCAN and DEL, and try again.", exception);
        }

        events.Record(db, new BackupRestored(backup.Manifest.Id, backup.Manifest.MadeAt, rows, Words(ended), string.Join(' ', keep.Select(option => option.ToString()))));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        if (keep.Contains(KeepOption.Sessions))
            foreach (var session in await db.Set<Session>().AsNoTracking().ToListAsync(ct))
                await live.KeepAsync(session, clock.GetUtcNow(), ct);
        return new Restored(backup.Manifest, rows, ended);
    }

    public static string Words(IEnumerable<(string Name, int Count)> ended) => string.Join(", ", ended.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Count} {one.Name}")));

    private static void Compare(BackupManifest manifest, string schema, IReadOnlyList<StoredTable> tables, string file)
    {
        var isSame = manifest.Schema == schema && manifest.Tables.Select(Text).SequenceEqual(tables.Select(TableManifest.Of).Select(Text));
        if (!isSame)
            throw new BackupException($"{file} has the schema {manifest.Schema} of version {manifest.Version}, and this program has {schema}. Restore it with the version that made it, into a database of its own; then run the command migrate of this one.");

        static string Text(TableManifest table) => $"{table.Name}({string.Join(',', table.Columns)})";
    }

    private async Task EmptyAsync(IReadOnlyList<StoredTable> tables, bool replace, CancellationToken ct)
    {
        var rows = new TableRows(db);
        foreach (var table in tables.Reverse())
        {
            if (await rows.IsEmptyAsync(table, ct))
                continue;
            if (!replace)
                throw new BackupException($"The database is not empty: there are {table.Name}. Restore into one that was just migrated, or say --replace ISSUER to delete what this one holds.");
            await rows.ClearAsync(table, ct);
        }
    }

    private async Task<long> FillAsync(BackupReader backup, IReadOnlyList<StoredTable> tables, CancellationToken ct)
    {
        var (rows, total) = (new TableRows(db), 0L);
        foreach (var (table, manifest) in tables.Zip(backup.Manifest.Tables))
        {
            var written = await rows.WriteAsync(table, backup.Rows(manifest), ct);
            if (await rows.CountAsync(table, ct) != written)
                throw new BackupException($"The table {table.Name} does not hold what was written to it. Look after the database, and try again.");
            total += written;
        }

        backup.End();
        return total;
    }

    /// <summary>What is encrypted in the database would open nowhere: better to know now than at the start.</summary>
    private async Task CheckMasterKeyAsync(CancellationToken ct)
    {
        var roots = await db.Set<SealedMasterKey>().Select(key => key.RootId).ToListAsync(ct);
        if (roots.Count > 0 && !roots.Contains(keys.Root.Id) && (keys.Former is not { } former || !roots.Contains(former.Id)))
            throw new BackupException("The backup was made with another master key, and this server could open nothing in it. Set IdentityProvider:MasterKey (or MasterKeyFile, MasterKeyCertificateFile) to the one of then, or give it as FormerMasterKey.");
    }

    /// <summary>All of ours, whatever was made there since: no row tells its name.</summary>
    private async Task ForgetInRedisAsync(CancellationToken ct)
    {
        if (redisOptions.Value is { Sessions: true } or { KeyRing: true })
            await redis.ClearAsync(ct);
    }
}
