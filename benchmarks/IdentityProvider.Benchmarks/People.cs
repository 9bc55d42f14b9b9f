using System.Buffers.Text;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace IdentityProvider.Benchmarks;

/// <summary>
/// How long the admin API takes to find people among a million: first pages, a page deep inside, and beginnings that fit one person, some, and
/// everybody. Goal: under 300 ms.
/// </summary>
internal static class People
{
    private const int Samples = 60, Count = 1_000_000;

    /// <param name="postgres">A connection string that may make databases; null: SQLite.</param>
    public static async Task RunAsync(string? postgres)
    {
        await using var stores = new Stores(postgres);
        using var server = await Server.StartAsync(Workloads.Document, stores.Full);
        using var work = new Workloads(server);
        var token = await work.ViewerTokenAsync();
        var watch = Stopwatch.StartNew();
        await FillAsync(server);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Count:N0} people stored after {watch.Elapsed.TotalSeconds:F0} s"));
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        var half = await SubjectAsync("person0500000");
        var id = half.Replace("-", "", StringComparison.Ordinal);
        var questions = new List<(string Name, string Path)>
        {
            ("Newest, first page", ""), ("Newest, half way down", $"after={After("-created", "", id)}"), ("By user name, first page", "sort=username"),
            ("By user name, half way down", $"sort=username&after={After("username", "PERSON0500000", id)}"), ("By address, from the end", "sort=-email"),
            ("Begins as one person", "search=person0777777"), ("Begins as a hundred", "search=person07777"), ("Begins as everybody", "search=person"),
            ("Begins as everybody, half way down", $"search=person&after={After("PERSON0500000", id)}"), ("Begins as a common name", "search=Maria"), ("Begins as nobody", "search=zzzz"),
            ("An address", "search=person0500000@bench.test"), ("A subject", $"search={half}"), ("Eight digits of a subject", $"search={half[..8]}"),
            ("With a role that one holds", "role=viewer&sort=username"), ("Closed accounts, of which there are none", "state=disabled&sort=username"), ("Open accounts, which all are", "state=active&sort=username"),
        };
        Console.WriteLine($"{(postgres is null ? "SQLite" : "PostgreSQL")}, {Count.ToString("N0", CultureInfo.InvariantCulture)} people, pages of 50, {Samples} requests each, in ms:");
        Console.WriteLine();
        Console.WriteLine("| Question | Median | 95 of 100 | Longest |");
        Console.WriteLine("|---|--:|--:|--:|");
        foreach (var (name, path) in questions)
        {
            var times = new List<double>();
            for (var i = 0; i < Samples + 5; i++)
            {
                watch.Restart();
                using var response = await http.GetAsync($"/api/admin/v1/users?{path}");
                await response.Content.ReadAsStringAsync();
                response.EnsureSuccessStatusCode();
                if (i >= 5)
                    times.Add(watch.Elapsed.TotalMilliseconds);
            }

            times.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {times[times.Count / 2]:F1} | {times[times.Count * 95 / 100]:F1} | {times[^1]:F1} |"));
        }

        // What the server says as the next of the page that ends there; nobody walks half a million people to learn it.
        static string After(params string[] keys) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('\n', keys)));

        async Task<string> SubjectAsync(string username)
        {
            using var document = JsonDocument.Parse(await http.GetStringAsync($"/api/admin/v1/users?search={username}"));
            return document.RootElement.GetProperty("users")[0].GetProperty("sub").GetString()!;
        }
    }

    /// <summary>In one statement: the row of ada, as often as there are numbers.</summary>
    public static async Task FillAsync(Server server)
    {
        var isPostgres = server.Postgres is not null;
        await using DbConnection connection = isPostgres ? new NpgsqlConnection(server.Postgres) : new SqliteConnection($"Data Source={server.DatabaseFile};Pooling=False");
        await connection.OpenAsync();
        if (!isPostgres)
            await RunAsync(connection, "PRAGMA busy_timeout=60000; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-500000;");
        var columns = new List<string>();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT * FROM \"Users\" LIMIT 0";
            await using var reader = await command.ExecuteReaderAsync();
            columns.AddRange(Enumerable.Range(0, reader.FieldCount).Select(reader.GetName));
        }

        var number = isPostgres ? "lpad(n.i::text, 7, '0')" : "printf('%07d', n.i)";
        var first = "(CASE n.i % 5 WHEN 0 THEN 'Maria' WHEN 1 THEN 'Grace' WHEN 2 THEN 'Ada' WHEN 3 THEN 'Person' ELSE 'Katherine' END)";
        var changes = new Dictionary<string, string>
        {
            ["Id"] = isPostgres ? "(lpad(to_hex(1700000000000 + n.i), 12, '0') || '7' || substr(md5(n.i::text), 1, 19))::uuid" : "upper(printf('%08x-%04x-7%03x-%s-%s', (1700000000000 + n.i) >> 16, (1700000000000 + n.i) & 65535, abs(random()) % 4096, hex(randomblob(2)), hex(randomblob(6))))",
            ["UserName"] = $"'person' || {number}",
            ["NormalizedUserName"] = $"'PERSON' || {number}",
            ["Email"] = $"'person' || {number} || '@bench.test'",
            ["NormalizedEmail"] = $"'PERSON' || {number} || '@BENCH.TEST'",
            ["EmailLikeness"] = $"'PERSON' || {number} || '@BENCH.TEST'",
            ["Name"] = $"{first} || ' ' || {number}",
            ["NormalizedName"] = $"upper({first} || ' ' || {number})",
        };
        await RunAsync(connection, $"""
            INSERT INTO "Users" ({string.Join(", ", columns.Select(column => $"\"{column}\""))})
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Count})
            SELECT {string.Join(", ", columns.Select(column => changes.GetValueOrDefault(column) ?? $"sample.\"{column}\""))} FROM n, (SELECT * FROM "Users" WHERE "UserName" = 'ada') AS sample
            """);

        // What autovacuum does within a minute; SQLite knows nothing of its tables unless asked to, and is not asked here.
        await RunAsync(connection, isPostgres ? "VACUUM ANALYZE" : "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static async Task RunAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 1200);
        await command.ExecuteNonQueryAsync();
    }
}
