using System.Text.Json;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using IdentityProvider.Tests.Email;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Doctor;

/// <summary>The doctor finds what is wrong, says what to do, and leaves everything as it is.</summary>
public sealed class ExaminingServers : IDisposable
{
    private static readonly Uri nowhere = new("http://localhost:9");
    private readonly Workspace workspace = new();

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    public void Dispose() => workspace.Dispose();

    /// <summary>Level and words by check, as JSON tells them.</summary>
    private static async Task<(int Code, List<(string Check, string Level, string Says, string? Remedy)> Findings)> ExamineAsync(Uri issuer, DatabaseOptions database, Dictionary<string, string>? settings = null)
    {
        var (code, output) = await Commands.RunAsync(issuer, database, settings ?? [], "doctor", "--output", "json");
        using var json = JsonDocument.Parse(output);
        var findings = json.RootElement.GetProperty("findings").EnumerateArray().Select(f => (
            f.GetProperty("check").GetString()!, f.GetProperty("level").GetString()!, f.GetProperty("says").GetString()!, f.TryGetProperty("remedy", out var remedy) ? remedy.GetString() : null)).ToList();
        Assert.All(findings, finding => Assert.Equal(finding.Item2 == "ok", finding.Item4 is null));
        Assert.Equal(findings.Exists(f => f.Item2 == "problem") ? ExitCode.Failed : ExitCode.Done, code);
        Assert.Equal(code == ExitCode.Done, json.RootElement.GetProperty("healthy").GetBoolean());
        return (code, findings);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_server_that_is_well_is_told_so_and_left_alone(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        var (code, findings) = await ExamineAsync(host.Issuer, database.Options);
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(["cookies"], findings.Where(f => f.Level != "ok").Select(f => f.Check).Distinct());
        foreach (var check in new[] { "settings", "proxy", "database", "schema", "master_key", "signing_keys", "redis", "mail", "issuer", "clock" })
            Assert.Contains(findings, f => f.Check == check);

        var (_, text) = await host.RunCommandAsync(database.Options, "doctor");
        Assert.Contains("ok       schema: The schema is the one of this version.", text, StringComparison.Ordinal);
        Assert.Contains("warning  cookies: The issuer is http", text, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Misused, (await host.RunCommandAsync(database.Options, "doctor", "--output", "xml")).Code);
    }

    [Fact]
    public async Task A_database_that_is_not_there_behind_or_of_another_key_is_found_and_not_touched()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        Directory.CreateDirectory(database.Folder);
        var (_, findings) = await ExamineAsync(nowhere, database.Options);
        Assert.Contains(findings, f => f is { Check: "database", Level: "problem" } && f.Says.Contains("not there", StringComparison.Ordinal));
        Assert.Contains(findings, f => f is { Check: "issuer", Level: "warning" });
        Assert.False(File.Exists(database.File));

        await File.WriteAllBytesAsync(database.File, []);
        (_, findings) = await ExamineAsync(nowhere, database.Options);
        Assert.Contains(findings, f => f is { Check: "schema", Level: "problem" } && f.Remedy!.Contains("migrate", StringComparison.Ordinal));

        await PreparedAsync(database);
        (_, findings) = await ExamineAsync(nowhere, database.Options);
        Assert.Contains(findings, f => f is { Check: "master_key", Level: "ok" } && f.Says.Contains("has not been started", StringComparison.Ordinal));
        await using (var db = Schema.Open(database.Options))
            Assert.False(await db.Set<SealedMasterKey>().AnyAsync());

        await using (await IdpHost.StartAsync(new IdpSetup { Database = database.Options }))
        {
        }

        (_, findings) = await ExamineAsync(nowhere, database.Options, new() { ["MasterKey"] = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()) });
        Assert.Contains(findings, f => f is { Check: "master_key", Level: "problem" } && f.Says.Contains("does not open", StringComparison.Ordinal));
        await using (var db = Schema.Open(database.Options))
            await db.Set<SigningKey>().ExecuteUpdateAsync(set => set.SetProperty(k => k.RetiresAt, DateTimeOffset.UnixEpoch));
        (_, findings) = await ExamineAsync(nowhere, database.Options);
        Assert.Contains(findings, f => f is { Check: "signing_keys", Level: "warning" } && f.Says.Contains("still signs", StringComparison.Ordinal));
        await using (var db = Schema.Open(database.Options))
            await db.Set<SigningKey>().ExecuteUpdateAsync(set => set.SetProperty(k => k.ProtectedPrivateKey, Convert.ToBase64String(new byte[60])));
        (_, findings) = await ExamineAsync(nowhere, database.Options);
        Assert.Contains(findings, f => f is { Check: "master_key", Level: "problem" });

        (_, findings) = await ExamineAsync(nowhere, new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = "Host=127.0.0.1;Port=1;Username=x;Password=hunter2" });
        Assert.Contains(findings, f => f is { Check: "database", Level: "problem" });
        Assert.DoesNotContain(findings, f => f.Says.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_stands_between_is_explained()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await PreparedAsync(database);
        var secure = new Uri("https://localhost:9");
        var (_, findings) = await ExamineAsync(secure, database.Options);
        Assert.Contains(findings, f => f is { Check: "cookies", Level: "ok" } && f.Says.Contains("__Host-", StringComparison.Ordinal));
        (_, findings) = await ExamineAsync(nowhere, database.Options, new() { ["Network:TrustedProxies:0"] = "10.0.0.1" });
        Assert.Contains(findings, f => f is { Check: "proxy", Level: "warning" });

        // One server, looked for under the name of another.
        await using var host = await IdpHost.StartAsync();
        (_, findings) = await ExamineAsync(new UriBuilder(host.Issuer) { Host = "127.0.0.1" }.Uri, database.Options);
        Assert.Contains(findings, f => f is { Check: "issuer", Level: "problem" } && f.Says.Contains("421", StringComparison.Ordinal));
        await using var named = await IdpHost.StartAsync(new IdpSetup { Settings = new() { ["Network:FurtherHosts:0"] = "127.0.0.1" } });
        (_, findings) = await ExamineAsync(new UriBuilder(named.Issuer) { Host = "127.0.0.1" }.Uri, database.Options);
        Assert.Contains(findings, f => f is { Check: "issuer", Level: "problem" } && f.Says.Contains($"a document of {named.Issuer}".TrimEnd('/'), StringComparison.Ordinal));

        // The certificate of nobody we trust.
        await using var sink = new SmtpSink(tlsFirst: true);
        (_, findings) = await ExamineAsync(new Uri($"https://localhost:{sink.Port}"), database.Options);
        Assert.Contains(findings, f => f is { Check: "tls", Level: "problem" } && f.Says.Contains("not trusted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_mail_server_is_tried_and_no_mail_sent()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await PreparedAsync(database);
        await using var sink = new SmtpSink();
        var settings = new Dictionary<string, string>
        {
            ["Email:From"] = "id@example.test",
            ["Email:Smtp:Host"] = "localhost",
            ["Email:Smtp:Port"] = sink.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Email:Smtp:Username"] = SmtpSink.User,
            ["Email:Smtp:Password"] = SmtpSink.Password,
            ["Email:Smtp:CertificateAuthorityFile"] = workspace.Write("ca.pem", sink.Authority),
            ["Email:Smtp:Timeout"] = "00:00:05",
        };
        var (_, findings) = await ExamineAsync(nowhere, database.Options, settings);
        Assert.Contains(findings, f => f is { Check: "mail", Level: "ok" } && f.Says.Contains("lets us in", StringComparison.Ordinal));
        Assert.Empty(sink.All);
        (_, findings) = await ExamineAsync(nowhere, database.Options, new(settings) { ["Email:Smtp:Password"] = "hunter2" });
        Assert.Contains(findings, f => f is { Check: "mail", Level: "problem" });
        Assert.DoesNotContain(findings, f => f.Says.Contains("hunter2", StringComparison.Ordinal));
        (_, findings) = await ExamineAsync(nowhere, database.Options, new(settings) { ["Email:Smtp:Port"] = "1" });
        Assert.Contains(findings, f => f is { Check: "mail", Level: "problem" });
    }

    [RedisFact]
    public async Task Redis_is_asked_where_something_is_kept_there()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await PreparedAsync(database);
        var settings = TestRedis.Settings();
        var (_, findings) = await ExamineAsync(nowhere, database.Options, settings);
        Assert.Contains(findings, f => f is { Check: "redis", Level: "ok" } && f.Says.Contains("sessions and the key ring", StringComparison.Ordinal));
        Assert.Contains(findings, f => f is { Check: "clock", Level: "ok" } && f.Says.Contains("Redis", StringComparison.Ordinal));
        (_, findings) = await ExamineAsync(nowhere, database.Options, new(settings) { ["Redis:Configuration"] = "127.0.0.1:1" });
        Assert.Contains(findings, f => f is { Check: "redis", Level: "problem" });
    }

    [Fact]
    public async Task Settings_that_stop_the_start_are_findings_like_others()
    {
        using var output = new StringWriter();
        var code = await IdentityProviderCommands.RunAsync(["doctor"], _ => throw new IdentityProvider.Platform.Settings.SettingsException(["IdentityProvider:Issuer: is missing. Give it a value."]), output, output);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("problem  settings: IdentityProvider:Issuer: is missing", output.ToString(), StringComparison.Ordinal);
    }

    private static Task PreparedAsync(FreshDatabase database)
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (Directory.Exists(database.Folder))
            Directory.GetFiles(database.Folder).ToList().ForEach(File.Delete);
        return PreparedStore.CreateAsync(database.Options);
    }
}
