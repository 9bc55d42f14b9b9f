using System.Diagnostics;
using System.Net;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Npgsql;
using Xunit;

namespace IdentityProvider.Tests.Platform.Health;

public sealed class LosingWhatItNeeds
{
    private static readonly string[] Offline = ["/health/live", "/.well-known/jwks", "/.well-known/openid-configuration"];

    /// <summary>It hangs up, or takes connections and says nothing.</summary>
    [PostgresTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_PostgreSQL_that_is_gone_shows_within_three_seconds_and_so_does_its_return(bool hangs)
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.PostgreSql);
        var text = new NpgsqlConnectionStringBuilder(database.Options.ConnectionString);
        using var line = new CuttableLine($"{text.Host}:{text.Port}");
        (text.Host, text.Port) = ("127.0.0.1", line.Port);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = text.ConnectionString } });
        await AskAllAsync(host);
        if (hangs)
            line.Hold();
        else
            line.Cut();
        await ShowsSoonAsync(host, "database");

        // What cannot be done without it is put off and no fault of ours; a client is known for a second.
        if (!hangs)
            await Eventually.HoldsAsync(async () => (await new RelyingParty(host, "worker").TokenAsync(("grant_type", "client_credentials"))).Status == HttpStatusCode.ServiceUnavailable);
        line.Mend();
        await host.WaitForReadyAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_SQLite_file_that_cannot_be_read_shows_within_three_seconds()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = new DatabaseOptions { ConnectionString = database.Options.ConnectionString + ";Pooling=False" } });
        await AskAllAsync(host);
        await File.WriteAllTextAsync(database.File, new string('x', 100_000));
        await ShowsSoonAsync(host, "database");
    }

    [RedisFact]
    public async Task A_Redis_that_is_gone_shows_within_three_seconds_and_so_does_its_return()
    {
        using var line = new CuttableLine(TestRedis.Address!);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = TestRedis.Settings(line.Address) });
        Assert.Null((await host.WaitForReadyAsync(HttpStatusCode.OK)).Reason("redis"));
        line.Cut();
        await ShowsSoonAsync(host, "redis");
        line.Mend();
        await host.WaitForReadyAsync(HttpStatusCode.OK);
    }

    [RedisFact]
    public async Task A_Redis_that_holds_the_key_ring_only_is_no_reason_to_go_elsewhere()
    {
        using var line = new CuttableLine(TestRedis.Address!);
        var settings = TestRedis.Settings(line.Address);
        settings["Redis:Sessions"] = "false";
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = settings });
        await host.WaitForReadyAsync(HttpStatusCode.OK);
        line.Cut();
        await Eventually.HoldsAsync(async () => (await host.AskReadyAsync()).Json.Reason("redis") is not null);
        var (status, json) = await host.AskReadyAsync();
        Assert.Equal((HttpStatusCode.OK, "degraded"), (status, json.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task A_node_that_is_to_stop_says_so_and_serves_on()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = new() { ["Shutdown:Delay"] = "00:00:02" } });
        await host.WaitForReadyAsync(HttpStatusCode.OK);
        var stopping = host.StopAsync();
        var (status, json) = await host.AskReadyAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"stopping"}"""), (status, json.GetRawText()));
        foreach (var path in new[] { "/health/live", "/.well-known/openid-configuration" })
        {
            using var answer = await host.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(answer.Headers.ConnectionClose);
        }

        await stopping;
        await Assert.ThrowsAsync<HttpRequestException>(() => host.Http.GetAsync(new Uri("/health/live", UriKind.Relative)));
    }

    private static async Task AskAllAsync(IdpHost host)
    {
        await host.WaitForReadyAsync(HttpStatusCode.OK);
        foreach (var path in Offline)
            (await host.Http.GetAsync(new Uri(path, UriKind.Relative))).Dispose();
    }

    /// <summary>Not ready, in a word and no more; and all the while alive, and of use to APIs that check tokens by themselves.</summary>
    private static async Task ShowsSoonAsync(IdpHost host, string part)
    {
        var watch = Stopwatch.StartNew();
        var json = await host.WaitForReadyAsync(HttpStatusCode.ServiceUnavailable);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 3.2);
        Assert.Contains(json.Reason(part), new[] { "failed", "timeout", "unreachable" });
        Assert.DoesNotContain("127.0.0.1", json.GetRawText(), StringComparison.Ordinal);
        foreach (var path in Offline)
        {
            using var answer = await host.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }
}
