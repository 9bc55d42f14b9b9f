using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace IdentityProvider.Benchmarks;

/// <summary>Whether requests get slower as grants pile up: copies of one real grant and its refresh token as if of other people, a thousand to a million of them.</summary>
internal static class Growth
{
    private const int Samples = 300;
    private static readonly int[] Sizes = [0, 1_000, 100_000, 1_000_000];
    private static readonly string[] Names = ["Client credentials", "Refresh", "Authorize with a session, code, UserInfo"];

    public static async Task RunAsync(Server server)
    {
        using var work = new Workloads(server);
        var workloads = (await work.PrepareAsync(server)).Where(w => Names.Contains(w.Name)).ToList();
        foreach (var workload in workloads)
            await workload.RunAsync(500);
        Console.WriteLine($"| Grants | {string.Join(" | ", workloads.Select(w => $"{w.Name}, median and p95 ms"))} |");
        Console.WriteLine($"|---|{string.Concat(workloads.Select(_ => "---|"))}");
        var stored = 0;
        foreach (var size in Sizes)
        {
            if (size > stored)
                await FillAsync(server, size - stored);
            stored = size;
            var times = new List<string>();
            foreach (var workload in workloads)
            {
                await workload.RunAsync(100);
                var (median, late) = await workload.WaitsAsync(Samples);
                times.Add(string.Create(CultureInfo.InvariantCulture, $"{median:F1}, {late:F1}"));
            }

            Console.WriteLine($"| {size.ToString("N0", CultureInfo.InvariantCulture)} | {string.Join(" | ", times)} |");
        }
    }

    private static async Task FillAsync(Server server, int count)
    {
        await using DbConnection connection = server.Postgres is { } text ? new NpgsqlConnection(text) : new SqliteConnection($"Data Source={server.DatabaseFile};Pooling=False");
        await connection.OpenAsync();
        var isPostgres = server.Postgres is not null;
        if (!isPostgres)
            await RunAsync(connection, "PRAGMA busy_timeout=60000; PRAGMA synchronous=NORMAL;");
        await RunAsync(connection, isPostgres
            ? $"CREATE TEMP TABLE \"Filling\" AS SELECT gen_random_uuid() AS \"Id\" FROM generate_series(1, {count})"
            : $"""
              CREATE TEMP TABLE Filling AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
              SELECT upper(printf('%s-%s-%s-%s-%s', hex(randomblob(4)), hex(randomblob(2)), hex(randomblob(2)), hex(randomblob(2)), hex(randomblob(6)))) AS Id FROM n;
              """);
        const string Id = "\"Filling\".\"Id\"", Text = $"CAST({Id} AS text)";
        await CopyAsync(connection, "Grants", "\"Status\" = 'valid' AND \"Scopes\" LIKE '%offline_access%'", new() { ["Id"] = Id, ["SessionId"] = "NULL", ["UserId"] = "NULL", ["Subject"] = Text });
        await CopyAsync(connection, "Tokens", "\"Type\" LIKE '%refresh_token' AND \"Status\" = 'valid'", new() { ["Id"] = Id, ["AuthorizationId"] = Id, ["ReferenceId"] = Text, ["Subject"] = Text });
        await RunAsync(connection, "DROP TABLE \"Filling\"");

        // What autovacuum does within a minute.
        if (isPostgres)
            await RunAsync(connection, "ANALYZE");
    }

    /// <summary>One row that is there, as often as there are ids, with some columns changed.</summary>
    private static async Task CopyAsync(DbConnection connection, string table, string where, Dictionary<string, string> changes)
    {
        var columns = new List<string>();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = $"SELECT * FROM \"{table}\" LIMIT 0";
            await using var reader = await command.ExecuteReaderAsync();
            for (var i = 0; i < reader.FieldCount; i++)
                columns.Add(reader.GetName(i));
        }

        var values = columns.Select(c => changes.GetValueOrDefault(c) ?? $"sample.\"{c}\"");
        await RunAsync(connection, $"INSERT INTO \"{table}\" ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) SELECT {string.Join(", ", values)} FROM \"Filling\", (SELECT * FROM \"{table}\" WHERE {where} LIMIT 1) AS sample");
    }

    private static async Task RunAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 600);
        await command.ExecuteNonQueryAsync();
    }
}
