using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace IdentityProvider.Benchmarks;

/// <summary>
/// Copies of one real grant and its refresh token as if of other people, ten for each, with the session of each: behind the server's
/// back, in one statement a table.
/// </summary>
internal sealed class Filling(Server server, int from, int to) : IAsyncDisposable
{
    private const int GrantsPerPerson = 10;
    private const string Id = "f.\"Id\"", Person = "f.\"Person\"";
    private readonly bool isPostgres = server.Postgres is not null;
    private readonly DbConnection connection = server.Postgres is { } text ? new NpgsqlConnection(text) : new SqliteConnection($"Data Source={server.DatabaseFile};Pooling=False");

    public async Task RunAsync()
    {
        await connection.OpenAsync();
        if (!isPostgres)
            await RunAsync("PRAGMA busy_timeout=60000; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-500000;");
        await RunAsync($"CREATE TEMP TABLE \"Filling\" AS WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to - 1}) SELECT {NewId} AS \"Id\", i FROM n");
        await RunAsync($"CREATE TEMP TABLE \"People\" AS SELECT min(\"Id\"{(isPostgres ? "::text" : "")}) AS \"Id\", i / {GrantsPerPerson} AS n FROM \"Filling\" GROUP BY i / {GrantsPerPerson}");
        var personOf = $"(SELECT \"People\".\"Id\"{(isPostgres ? "::uuid" : "")} AS \"Person\", g.\"Id\" FROM \"Filling\" g JOIN \"People\" ON \"People\".n = g.i / {GrantsPerPerson}) f";
        var people = $"(SELECT \"Id\"{(isPostgres ? "::uuid" : "")} AS \"Id\" FROM \"People\") f";
        string text = $"CAST({Id} AS text)", personText = $"CAST({Person} AS text)";
        await CopyAsync("Users", people, "\"UserName\" = 'ada'", new()
        {
            ["Id"] = Id,
            ["UserName"] = text,
            ["NormalizedUserName"] = text,
            ["Email"] = text,
            ["NormalizedEmail"] = text,
            ["EmailLikeness"] = text,
        });
        await CopyAsync("Sessions", people, "\"CompletedAt\" IS NOT NULL", new() { ["Id"] = Id, ["UserId"] = Id, ["HandleHash"] = text });
        await CopyAsync("Grants", personOf, "\"Status\" = 'valid' AND \"Scopes\" LIKE '%offline_access%'", new() { ["Id"] = Id, ["SessionId"] = Person, ["UserId"] = Person, ["Subject"] = personText });
        await CopyAsync("Tokens", personOf, "\"Type\" LIKE '%refresh_token' AND \"Status\" = 'valid'", new() { ["Id"] = Id, ["AuthorizationId"] = Id, ["ReferenceId"] = text, ["Subject"] = personText });
        await RunAsync("DROP TABLE \"Filling\"; DROP TABLE \"People\";");

        // What autovacuum does within a minute; and the log of so many rows at once is not what is measured.
        await RunAsync(isPostgres ? "VACUUM ANALYZE" : "PRAGMA wal_checkpoint(TRUNCATE)");
        if (isPostgres)
            await RunAsync("CHECKPOINT");
    }

    private string NewId => isPostgres
        ? "gen_random_uuid()"
        : "upper(printf('%s-%s-%s-%s-%s', hex(randomblob(4)), hex(randomblob(2)), hex(randomblob(2)), hex(randomblob(2)), hex(randomblob(6))))";

    /// <summary>One row that is there, as often as there are ids, with some columns changed.</summary>
    private async Task CopyAsync(string table, string ids, string where, Dictionary<string, string> changes)
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
        await RunAsync($"INSERT INTO \"{table}\" ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) SELECT {string.Join(", ", values)} FROM {ids}, (SELECT * FROM \"{table}\" WHERE {where} LIMIT 1) AS sample");
    }

    private async Task RunAsync(string sql)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 600);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
