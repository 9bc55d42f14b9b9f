using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace IdentityProvider.Benchmarks;

/// <summary>
/// How long the overview and the audit of the console take with a million people and a million records of sixty days. Goal: under a second for the
/// overview, under 300 ms for a page of the audit.
/// </summary>
internal static class ConsolePages
{
    private const int Samples = 40, Records = 1_000_000, Days = 60;

    /// <param name="postgres">A connection string that may make databases; null: SQLite.</param>
    public static async Task RunAsync(string? postgres)
    {
        await using var stores = new Stores(postgres);
        using var server = await Server.StartAsync(Workloads.Document, stores.Full);
        using var work = new Workloads(server);
        var watch = Stopwatch.StartNew();
        await People.FillAsync(server);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"People stored after {watch.Elapsed.TotalSeconds:F0} s"));
        await using DbConnection connection = server.Postgres is { } text ? new NpgsqlConnection(text) : new SqliteConnection($"Data Source={server.DatabaseFile};Pooling=False");
        await connection.OpenAsync();
        await FillAsync(connection, server.Postgres is not null);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Records stored after {watch.Elapsed.TotalSeconds:F0} s"));
        watch.Restart();
        var last = await ScalarAsync(connection, "SELECT max(\"Sequence\") FROM \"AuditRecords\"");
        while (await ScalarAsync(connection, "SELECT coalesce(max(\"Cursor\"), 0) FROM \"DashboardState\"") < last)
            await Task.Delay(500);
        var (seconds, rows) = (watch.Elapsed.TotalSeconds, await ScalarAsync(connection, "SELECT count(*) FROM \"HourlyCounts\""));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(server.Postgres is null ? "SQLite" : "PostgreSQL")}: {last:N0} records counted within {seconds:F0} s, of which up to 15 waiting, in {rows:N0} rows. {Samples} requests each, in ms:"));
        while (await ScalarAsync(connection, "SELECT count(*) FROM \"DashboardState\" WHERE \"Figures\" <> '{}'") == 0)
            await Task.Delay(500);
        Console.Error.WriteLine("Figures are there");

        var cookie = await work.AdministratorCookieAsync(connection);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server.Address };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", cookie);
        var (now, half) = (TimeProvider.System.GetUtcNow(), last / 2);
        var pages = new List<(string Name, string Path)>
        {
            ("Overview, 24 hours", "/admin/overview"), ("Overview, 30 days", "/admin/overview?period=30d"), ("Audit, first page", "/admin/audit"), ("Audit, half way down", $"/admin/audit?after={half}"),
            ("By event", "/admin/audit?name=sign_in.refused"), ("By the beginning of an event", "/admin/audit?name=roles.*"), ("By an event that is none", "/admin/audit?name=nothing"), ("By actor", "/admin/audit?actor=person0000042"),
            ("By target", "/admin/audit?target=target4242"), ("By app", "/admin/audit?client_id=app3"), ("By session", $"/admin/audit?session={Session(424242)}"), ("By IP address", "/admin/audit?ip=10.0.4.2"),
            ("By error id", $"/admin/audit?error_id={Trace(424242)}"), ("By result, one in five", "/admin/audit?result=refused"), ("By result, there are none", "/admin/audit?result=failed"),
            ("The last hour", $"/admin/audit?from={At(now.AddHours(-1))}"), ("A day a month ago", $"/admin/audit?from={At(now.AddDays(-31))}&to={At(now.AddDays(-30))}"), ("Before two months ago", $"/admin/audit?to={At(now.AddDays(-59))}"),
            ("An actor in a day a month ago", $"/admin/audit?actor=person0000042&from={At(now.AddDays(-31))}&to={At(now.AddDays(-30))}"), ("One record", $"/admin/audit/{half}"),
        };
        Console.WriteLine();
        Console.WriteLine("| Page | Median | 95 of 100 | Longest |");
        Console.WriteLine("|---|--:|--:|--:|");
        foreach (var (name, path) in pages)
        {
            var times = new List<double>();
            for (var i = 0; i < Samples + 3; i++)
            {
                watch.Restart();
                using var response = await http.GetAsync(path);
                await response.Content.ReadAsStringAsync();
                if (!response.IsSuccessStatusCode)
                    throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {response.Headers.Location}");
                if (i >= 3)
                    times.Add(watch.Elapsed.TotalMilliseconds);
            }

            times.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {times[times.Count / 2]:F1} | {times[times.Count * 95 / 100]:F1} | {times[^1]:F1} |"));
        }

        static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
    }

    private static string Session(int number) => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-7000-8000-{number / 4:x12}");

    private static string Trace(int number) => string.Create(CultureInfo.InvariantCulture, $"{number:x32}");

    /// <summary>Behind what the server has recorded, in one statement; the end of the chain is moved there, so that the server goes on behind them.</summary>
    private static async Task FillAsync(DbConnection connection, bool isPostgres)
    {
        var last = await ScalarAsync(connection, "SELECT max(\"Sequence\") FROM \"AuditRecords\"");
        var now = TimeProvider.System.GetUtcNow();
        string Padded(string number, int length) => isPostgres ? $"lpad(to_hex({number}), {length}, '0')" : $"printf('%0{length}x', {number})";
        var at = isPostgres
            ? string.Create(CultureInfo.InvariantCulture, $"to_timestamp({now.AddDays(-Days).ToUnixTimeSeconds()} + (n.i * {(double)Days * 86400 / Records}))")
            : string.Create(CultureInfo.InvariantCulture, $"{now.AddDays(-Days).UtcTicks} + (n.i * {TimeSpan.FromDays(Days).Ticks / Records})");
        var id = isPostgres ? "gen_random_uuid()" : "upper(printf('%08x-%04x-7%03x-%s-%s', n.i >> 16, n.i & 65535, abs(random()) % 4096, hex(randomblob(2)), hex(randomblob(6))))";
        await RunAsync(connection, $$$"""
            INSERT INTO "AuditRecords" ("Id", "At", "Name", "Result", "ActorKind", "ActorId", "TargetKind", "TargetId", "ClientId", "SessionId", "Address", "Reason", "ErrorId", "TraceId", "Details", "Before", "After", "Sequence", "Hash")
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {{{Records}}})
            SELECT {{{id}}}, {{{at}}},
              CASE n.i % 10 WHEN 0 THEN 'authorize.code_issued' WHEN 1 THEN 'authorize.code_issued' WHEN 2 THEN 'sessions.session_started' WHEN 3 THEN 'sessions.session_completed' WHEN 4 THEN 'sign_in.refused' WHEN 5 THEN 'mfa.refused'
                WHEN 6 THEN 'sessions.session_ended' WHEN 7 THEN 'consents.granted' WHEN 8 THEN 'account.profile_changed' ELSE 'roles.changed' END,
              CASE n.i % 10 WHEN 4 THEN 'refused' WHEN 5 THEN 'refused' ELSE 'done' END,
              'user', 'person' || {{{(isPostgres ? "lpad((n.i % 10000)::text, 7, '0')" : "printf('%07d', n.i % 10000)")}}}, 'user', 'target' || (n.i % 100000), CASE WHEN n.i % 10 < 2 THEN 'app' || (n.i % 40) END,
              '00000000-0000-7000-8000-' || {{{Padded("n.i / 4", 12)}}}, '10.0.' || (n.i % 200) || '.' || (n.i % 7), CASE n.i % 10 WHEN 4 THEN 'wrong_password' WHEN 5 THEN 'wrong_code' END,
              CASE WHEN n.i % 500 = 0 THEN {{{Padded("n.i", 32)}}} END, {{{Padded("n.i", 32)}}},
              CASE n.i % 10 WHEN 2 THEN '{"complete":true,"method":"pwd"}' WHEN 3 THEN '{"method":"otp"}' WHEN 9 THEN '{"fields":["permissions"]}' END,
              CASE n.i % 10 WHEN 9 THEN '["roles:read"]' END, CASE n.i % 10 WHEN 9 THEN '["audit:read","roles:read"]' END, {{{last}}} + n.i, {{{Padded("n.i", 64)}}}
            FROM n
            """);
        await RunAsync(connection, $"UPDATE \"AuditCheckpoints\" SET \"Sequence\" = {last + Records} WHERE \"Sequence\" = (SELECT max(\"Sequence\") FROM \"AuditCheckpoints\")");
        await RunAsync(connection, isPostgres ? "VACUUM ANALYZE" : "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static async Task<long> ScalarAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private static async Task RunAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 1200);
        await command.ExecuteNonQueryAsync();
    }
}
