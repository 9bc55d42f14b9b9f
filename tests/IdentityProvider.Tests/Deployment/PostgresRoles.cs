using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using Npgsql;

namespace IdentityProvider.Tests.Deployment;

/// <summary>A database of one test with the roles of a script, under names of their own: roles belong to the whole PostgreSQL.</summary>
internal sealed class PostgresRoles : IAsyncDisposable
{
    private readonly string name = $"house_{Guid.CreateVersion7():N}";

    public DatabaseOptions Superuser => new() { Provider = DatabaseProvider.PostgreSql, ConnectionString = new NpgsqlConnectionStringBuilder(Outside.ConnectionString) { Database = name, Pooling = false }.ConnectionString };

    public DatabaseOptions Owner => As($"{name}_owner");

    public DatabaseOptions Server => As($"{name}_server");

    public static async Task<PostgresRoles> CreateAsync(string script)
    {
        var roles = new PostgresRoles();
        await RunAsync(Outside, $"CREATE DATABASE {roles.name}");

        // As psql puts its variables in.
        var sql = Checkout.Read(script)
            .Replace("identityprovider_", roles.name + "_", StringComparison.Ordinal)
            .Replace(":\"database\"", $"\"{roles.name}\"", StringComparison.Ordinal)
            .Replace(":'owner_password'", "'owner'", StringComparison.Ordinal)
            .Replace(":'server_password'", "'server'", StringComparison.Ordinal);
        await RunAsync(roles.Superuser, sql);
        return roles;
    }

    /// <summary>Somebody with an account for another database.</summary>
    public async Task<DatabaseOptions> StrangerAsync()
    {
        await RunAsync(Outside, $"CREATE ROLE {name}_stranger LOGIN PASSWORD 'stranger'");
        return As($"{name}_stranger");
    }

    public static async Task RunAsync(DatabaseOptions database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static DatabaseOptions Outside => new() { Provider = DatabaseProvider.PostgreSql, ConnectionString = Environment.GetEnvironmentVariable("TEST_POSTGRES")! };

    private DatabaseOptions As(string user) => new()
    {
        Provider = DatabaseProvider.PostgreSql,
        ConnectionString = new NpgsqlConnectionStringBuilder(Outside.ConnectionString) { Database = name, Username = user, Password = user.Split('_')[^1], Pooling = user.EndsWith("_server", StringComparison.Ordinal) }.ConnectionString,
    };

    public async ValueTask DisposeAsync()
    {
        await RunAsync(Outside, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        foreach (var role in new[] { "owner", "server", "stranger" })
            await RunAsync(Outside, $"DROP ROLE IF EXISTS {name}_{role}");
    }
}
