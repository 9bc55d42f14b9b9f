using System.Diagnostics;
using System.Net;
using IdentityProvider.Audit.Admin;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Admin;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Audit;

/// <summary>The audit while it is written: server-sent events, without a gap, from every node, until one may not read it any more.</summary>
public sealed class FollowingTheAudit : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FreshDatabase database = FreshDatabase.Of(DatabaseProvider.Sqlite);
    private IdpHost host = null!;
    private RightsBench bench = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Database = database.Options, Document = RightsBench.Document() });
        bench = new RightsBench(host, clock);
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_record_is_told_within_two_seconds_wherever_it_was_written()
    {
        await using var other = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Database = database.Options, Document = RightsBench.Document(), Issuer = host.Issuer, Port = IdpHost.FreePort() });
        using var ada = await bench.SignedInAsync("ada");
        using var live = await Following.OpenAsync(host, ada, "?name=tests.*&target=thing+0");
        Assert.Equal("text/event-stream", live.Type);
        var times = new List<TimeSpan>();
        foreach (var node in new[] { host, other, host })
        {
            var watch = Stopwatch.StartNew();
            await node.RecordAsync(2);
            Assert.Contains("\"target\":\"thing thing 0\"", await live.NextAsync(), StringComparison.Ordinal);
            times.Add(watch.Elapsed);
        }

        // A machine with other work may be late once.
        Assert.True(times.Min() < TimeSpan.FromSeconds(2), string.Join(", ", times));
    }

    [Fact]
    public async Task Who_comes_back_is_told_what_they_missed_and_nothing_twice()
    {
        using var ada = await bench.SignedInAsync("ada");
        await host.RecordAsync(3);
        var records = (await host.AuditAsync()).Where(r => r.Name == "tests.thing_changed").Select(r => r.Sequence).ToList();
        using (var live = await Following.OpenAsync(host, ada, $"?name=tests.*&after={records[0]}"))
        {
            await live.NextAsync();
            Assert.Equal(records[1], live.LastId);
        }

        await host.RecordAsync(2);
        records = [.. (await host.AuditAsync()).Where(r => r.Name == "tests.thing_changed").Select(r => r.Sequence)];
        using var again = await Following.OpenAsync(host, ada, $"?name=tests.*&after={records[0]}", records[1]);
        await host.RecordAsync(1);
        var told = new List<long>();
        for (var i = 0; i < 4; i++)
        {
            await again.NextAsync();
            told.Add(again.LastId);
        }

        Assert.Equal(records[2..], told[..3]);
        Assert.True(told[3] > records[^1]);
    }

    [Theory]
    [InlineData("ended")]
    [InlineData("idle")]
    [InlineData("taken")]
    [InlineData("disabled")]
    public async Task It_ends_with_the_session_and_with_the_permission(string how)
    {
        using var ada = await bench.SignedInAsync("ada");
        using var live = await Following.OpenAsync(host, ada, "");
        var sub = await bench.SubAsync("ada");
        if (how == "idle")
            clock.Advance(TimeSpan.FromDays(60));
        else
            await host.InStoreAsync(db => how switch
            {
                "ended" => db.Set<Session>().Where(s => s.UserId == sub).ExecuteDeleteAsync(),
                "taken" => db.Set<UserRole>().Where(held => held.UserId == sub).ExecuteDeleteAsync(),
                _ => db.Set<User>().Where(u => u.Id == sub).ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, clock.GetUtcNow())),
            });
        Assert.True(await live.EndsAsync(), "The stream went on.");
        Assert.NotEqual(HttpStatusCode.OK, (await Following.AskAsync(host, ada, "")).StatusCode);
    }

    [Fact]
    public async Task One_person_has_a_few_at_a_time()
    {
        using var ada = await bench.SignedInAsync("ada");
        var open = new List<Following>();
        for (var i = 0; i < LiveTail.PerPerson; i++)
            open.Add(await Following.OpenAsync(host, ada, ""));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Following.AskAsync(host, ada, "")).StatusCode);
        using var otto = await bench.SignedInAsync("otto");
        (await Following.OpenAsync(host, otto, "")).Dispose();
        open.ForEach(live => live.Dispose());
        await Eventually.HoldsAsync(async () =>
        {
            using var response = await Following.AskAsync(host, ada, "");
            return response.StatusCode == HttpStatusCode.OK;
        });
        Assert.Equal(HttpStatusCode.BadRequest, (await Following.AskAsync(host, ada, "?from=yesterday")).StatusCode);
    }

    /// <summary>A browser that follows, as bytes.</summary>
    private sealed class Following(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        private static readonly HttpClient Http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

        public string? Type => response.Content.Headers.ContentType?.MediaType;
        public long LastId { get; private set; }

        public static Task<HttpResponseMessage> AskAsync(IdpHost host, Browser browser, string query, long? lastEventId = null)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, host[$"/admin/audit/live{query}"]);
            request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(host.Issuer));
            if (lastEventId is { } id)
                request.Headers.Add("Last-Event-ID", $"{id}");
            return Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }

        public static async Task<Following> OpenAsync(IdpHost host, Browser browser, string query, long? lastEventId = null)
        {
            var response = await AskAsync(host, browser, query, lastEventId);
            response.EnsureSuccessStatusCode();
            var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

            // The first turn of the loop tells where it begins; what is recorded from here on comes.
            while (await ReadAsync(reader) is { } line && line != ":")
            {
                if (line.StartsWith("id:", StringComparison.Ordinal))
                    return new Following(response, reader) { LastId = long.Parse(line[3..], System.Globalization.CultureInfo.InvariantCulture) };
            }

            return new Following(response, reader);
        }

        /// <summary>The data of the next record.</summary>
        public async Task<string> NextAsync()
        {
            while (await ReadAsync(reader) is { } line)
                if (line.StartsWith("id:", StringComparison.Ordinal))
                    LastId = long.Parse(line[3..], System.Globalization.CultureInfo.InvariantCulture);
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    return line[6..];
            throw new InvalidOperationException("The stream ended.");
        }

        /// <summary>It says that it is over, and ends.</summary>
        public async Task<bool> EndsAsync()
        {
            var said = false;
            while (await ReadAsync(reader) is { } line)
                said |= line == "event: over";
            return said;
        }

        private static async Task<string?> ReadAsync(StreamReader reader) => await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }
    }
}
