using System.Collections.Concurrent;
using System.Globalization;
using IdentityProvider.Platform.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Testing;

/// <summary>
/// What a server makes of an empty database at its first start (tables, keys, hashed passwords) takes a second of work. Servers that
/// differ in nothing get a copy of what the first of them made, and start as one that is started again.
/// </summary>
internal static class PreparedStore
{
    private static readonly ConcurrentDictionary<string, (DateTimeOffset At, byte[] Store)> stores = new();

    /// <summary>Tables without rows: a first start that does not make them. Servers that do are started with a <c>FreshDatabase</c>.</summary>
    private static readonly Lazy<Task<byte[]>> tables = new(MigrateAsync);

    /// <summary>False when this is the first of its kind; it finds the tables only.</summary>
    public static async Task<bool> CopyAsync(IdpSetup setup, string file)
    {
        var isKnown = stores.TryGetValue(Kind(setup), out var made) && made.At <= NowOf(setup);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, isKnown ? made.Store : await tables.Value);
        return isKnown;
    }

    /// <summary>Gives a database that is not there yet its tables.</summary>
    public static async Task CreateAsync(DatabaseOptions database)
    {
        if (database.Provider == DatabaseProvider.PostgreSql)
            await PreparedPostgres.CopyAsync(database);
        else if (new SqliteConnectionStringBuilder(database.ConnectionString).DataSource is var file && !File.Exists(file))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, await tables.Value);
        }
    }

    private static async Task<byte[]> MigrateAsync()
    {
        using var workspace = new Workspace();
        await using (var services = new ServiceCollection().AddTestStore(workspace).BuildServiceProvider())
        await using (var scope = services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<Store>().Database.MigrateAsync();
        return await File.ReadAllBytesAsync(Path.Combine(workspace.Folder, TestStore.File));
    }

    public static void Keep(IdpSetup setup, string file)
    {
        if (setup.Services is not null)
            return;
        var copy = file + ".copy";
        using (var from = new SqliteConnection($"Data Source={file};Pooling=False"))
        using (var to = new SqliteConnection($"Data Source={copy};Pooling=False"))
        {
            Open(from);
            Open(to);
            from.BackupDatabase(to);
        }

        stores.TryAdd(Kind(setup), (NowOf(setup), File.ReadAllBytes(copy)));
        File.Delete(copy);
    }

    // A copy is made in one step without the framework's retrying: another test that empties the pools closes the server's last
    // connection, and SQLite locks the file for that moment.
    private static void Open(SqliteConnection connection)
    {
        connection.Open();
        using var patience = connection.CreateCommand();
        patience.CommandText = "PRAGMA busy_timeout = 30000";
        patience.ExecuteNonQuery();
    }

    private static DateTimeOffset NowOf(IdpSetup setup) => (setup.Clock ?? TimeProvider.System).GetUtcNow();

    // Clocks of tests begin when they begin: what was made up to an hour before is a server that was off for as long. What a test puts in with Services may change what is stored: such a server starts from nothing.
    private static string Kind(IdpSetup setup) => setup.Services is not null
        ? ""
        : string.Join('\n', [setup.Document ?? "", setup.MasterKey, setup.Environment, setup.Clock?.GetUtcNow().ToString("yyyy-MM-dd HH", CultureInfo.InvariantCulture) ?? "", .. setup.Settings.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}={s.Value}")]);
}
