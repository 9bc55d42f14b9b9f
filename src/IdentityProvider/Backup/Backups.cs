using IdentityProvider.Backup.Files;
using IdentityProvider.Backup.Tables;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Backup;

/// <summary>Makes backups: one moment of the whole database, encrypted, and read back before it counts.</summary>
internal sealed class Backups(Store db, IServiceScopeFactory scopes, BackupKeys keys, EventLog events, IOptions<IdentityProviderOptions> server, IOptions<DatabaseOptions> database, TimeProvider clock)
{
    /// <summary>The file appears under its name when it is whole and proven; until then it is called <c>.part</c>.</summary>
    /// <exception cref="BackupException">Nothing was written.</exception>
    public async Task<(BackupManifest Manifest, IReadOnlyList<TableSum> Sums)> WriteAsync(string file, CancellationToken ct)
    {
        if (File.Exists(file))
            throw new BackupException($"{file} exists. Name another file, or move it away.");
        var part = file + ".part";
        try
        {
            var (manifest, sums) = await WritePartAsync(part, ct);
            var (_, read) = BackupReader.Verify(part, keys);
            if (!read.SequenceEqual(sums))
                throw new BackupException($"{file} does not hold what was written to it. Look after the disk, and try another one.");
            File.Move(part, file);

            // In a scope of its own: the snapshot sees nothing new.
            await using var scope = scopes.CreateAsyncScope();
            var now = scope.ServiceProvider.GetRequiredService<Store>();
            events.Record(now, new BackupCreated(manifest.Id, sums.Sum(sum => sum.Rows)));
            await now.SaveChangesAsync(ct);
            return (manifest, sums);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private async Task<(BackupManifest Manifest, List<TableSum> Sums)> WritePartAsync(string file, CancellationToken ct)
    {
        var schema = await Moment.SchemaAsync(db, ct);
        await Moment.BeginAsync(db, ct);
        var tables = StoredTables.Of(db);
        var manifest = new BackupManifest(
            Guid.CreateVersion7(clock.GetUtcNow()), clock.GetUtcNow(), server.Value.Issuer, database.Value.Provider.ToString(), schema, ProductVersion.Text, [.. tables.Select(TableManifest.Of)]);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var stream = new FileStream(file, options);
        var (header, key) = keys.Create();
        using var writer = new BackupWriter(stream, header, key, manifest);
        var (rows, sums) = (new TableRows(db), new List<TableSum>());
        foreach (var table in tables)
            sums.Add(await writer.WriteAsync(table, rows.ReadAsync(table, ct), ct));
        writer.Complete();
        stream.Flush(flushToDisk: true);
        return (manifest, sums);
    }
}
