using IdentityProvider.Platform.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace IdentityProvider.Tests.House;

/// <summary>An empty database of its own for one test, gone afterwards.</summary>
internal sealed class FreshDatabase : IAsyncDisposable
{
    private readonly string name = $"house_{Guid.CreateVersion7():N}";

    private FreshDatabase(DatabaseProvider provider)
    {
        Folder = Path.Combine(Path.GetTempPath(), name);
        Options = new DatabaseOptions
        {
            Provider = provider,
            ConnectionString = provider == DatabaseProvider.Sqlite
                ? $"Data Source={File}"
                : new NpgsqlConnectionStringBuilder(Postgres) { Database = name }.ConnectionString,
        };
    }

    /// <summary>SQLite always; PostgreSQL when TEST_POSTGRES holds a connection string that may create databases.</summary>
    public static TheoryData<DatabaseProvider> Providers => Postgres is null ? [DatabaseProvider.Sqlite] : [DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql];

    public DatabaseOptions Options { get; }

    /// <summary>Where the files of a SQLite database lie.</summary>
    public string Folder { get; }

    /// <summary>The SQLite database, made at the first start.</summary>
    public string File => Path.Combine(Folder, "store.db");

    public static bool HasPostgres => Postgres is not null;

    private static string? Postgres => Environment.GetEnvironmentVariable("TEST_POSTGRES") is { Length: > 0 } text ? text : null;

    public static FreshDatabase Of(DatabaseProvider provider) => new(provider);

    public async ValueTask DisposeAsync()
    {
        if (Options.Provider == DatabaseProvider.Sqlite)
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(Folder, recursive: true);
            return;
        }

        await using var admin = new NpgsqlConnection(Postgres);
        await admin.OpenAsync();
        await using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", admin);
        await drop.ExecuteNonQueryAsync();
    }
}
