using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace IdentityProvider.Tests.Testing;

/// <summary>One PostgreSQL database of this run that has the tables, from which those of tests are copied.</summary>
internal static class PreparedPostgres
{
    private static readonly string template = $"house_tables_{Guid.CreateVersion7():N}";
    private static readonly SemaphoreSlim making = new(1);
    private static bool isMade;

    /// <summary>Nothing happens where the database is there.</summary>
    public static async Task CopyAsync(DatabaseOptions database)
    {
        var wanted = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var server = new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("TEST_POSTGRES"));
        await using var admin = new NpgsqlConnection(server.ConnectionString);
        await admin.OpenAsync();
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", admin) { Parameters = { new() { Value = wanted.Database! } } };
        if (await exists.ExecuteScalarAsync() is not null)
            return;
        await MakeAsync(server);
        try
        {
            await RunAsync(admin, $"CREATE DATABASE \"{wanted.Database}\" TEMPLATE {template}");
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another node of the test was first.
        }
    }

    private static async Task MakeAsync(NpgsqlConnectionStringBuilder server)
    {
        await making.WaitAsync();
        try
        {
            if (isMade)
                return;
            var options = new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = template, Pooling = false }.ConnectionString };
            await using var db = new Store((DbContextOptions<Store>)new DbContextOptionsBuilder<Store>().UseProvider(options).Options);
            await db.Database.MigrateAsync();
            isMade = true;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Drop(server.ConnectionString);
        }
        finally
        {
            making.Release();
        }
    }

    private static void Drop(string server)
    {
        using var admin = new NpgsqlConnection(server);
        admin.Open();
        using var drop = new NpgsqlCommand($"DROP DATABASE IF EXISTS {template} WITH (FORCE)", admin);
        drop.ExecuteNonQuery();
    }

    private static async Task RunAsync(NpgsqlConnection admin, string sql)
    {
        await using var command = new NpgsqlCommand(sql, admin);
        await command.ExecuteNonQueryAsync();
    }
}
