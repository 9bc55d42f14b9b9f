using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace IdentityProvider.Tests.Testing;

/// <summary>
/// What a server makes of an empty database at its first start (tables, keys, hashed passwords) takes a second of work. Servers that
/// differ in nothing get a copy of what the first of them made, and start as one that is started again.
/// </summary>
internal static class PreparedStore
{
    private static readonly ConcurrentDictionary<string, byte[]> stores = new();

    /// <summary>False when this is the first of its kind.</summary>
    public static bool Copy(IdpSetup setup, string file)
    {
        if (!stores.TryGetValue(Kind(setup), out var store))
            return false;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, store);
        return true;
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

        stores.TryAdd(Kind(setup), File.ReadAllBytes(copy));
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

    // What a test puts in with Services may change what is stored: such a server starts from nothing.
    private static string Kind(IdpSetup setup) => setup.Services is not null
        ? ""
        : string.Join('\n', [setup.Document ?? "", setup.MasterKey, setup.Environment, setup.Clock?.GetUtcNow().ToString("O") ?? "", .. setup.Settings.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}={s.Value}")]);
}
