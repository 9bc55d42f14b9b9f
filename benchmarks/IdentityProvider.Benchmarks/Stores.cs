using Npgsql;

namespace IdentityProvider.Benchmarks;

/// <summary>Two databases of one PostgreSQL, gone afterwards. The servers make them; with SQLite each has its own file anyway.</summary>
internal sealed class Stores(string? postgres) : IAsyncDisposable
{
    private readonly string name = $"growth_{Guid.CreateVersion7():N}";

    public string? Empty => Named("_empty");
    public string? Full => Named("_full");

    private string? Named(string which) => postgres is null ? null : new NpgsqlConnectionStringBuilder(postgres) { Database = name + which }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (postgres is null)
            return;
        await using var admin = new NpgsqlConnection(postgres);
        await admin.OpenAsync();
        foreach (var which in new[] { "_empty", "_full" })
        {
            await using var drop = admin.CreateCommand();
            drop.CommandText = $"DROP DATABASE IF EXISTS {name}{which} WITH (FORCE)";
            await drop.ExecuteNonQueryAsync();
        }
    }
}
