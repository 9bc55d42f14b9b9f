using System.Net;
using IdentityProvider.Admin.Dashboard;
using IdentityProvider.ApiKeys;
using IdentityProvider.Clients;
using IdentityProvider.Mfa;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>The overview of the console, and the numbers it shows.</summary>
public sealed class ShowingTheOverview : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 15, 12, 30, 0, TimeSpan.Zero));
    private readonly FreshDatabase database = FreshDatabase.Of(DatabaseProvider.Sqlite);
    private IdpHost host = null!;
    private RightsBench bench = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Database = database.Options, Document = RightsBench.Document("statistics:read", "clients:read", "api-keys:read", "keys:read") });
        bench = new RightsBench(host, clock);
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Who_may_read_statistics_comes_to_it_and_others_go_on()
    {
        using var ada = await bench.SignedInAsync("ada");
        Assert.Equal("/admin/overview", (await ada.OpenAsync("/admin")).Url.AbsolutePath);
        using var reader = await bench.SignedInAsync("reader");
        Assert.Equal("/admin/roles", (await reader.OpenAsync("/admin")).Url.AbsolutePath);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.OpenAsync("/admin/overview")).Status);
        using var stranger = new Browser(host);
        Assert.Equal("/login", (await stranger.OpenAsync("/admin/overview")).Url.AbsolutePath);
        await PermitAsync("reader", "statistics:read");
        var page = await reader.OpenAsync("/admin/overview");
        Assert.Equal("Overview", page.Heading);
        Assert.DoesNotContain(page.Document.QuerySelectorAll("main a"), link => link.GetAttribute("href")!.StartsWith("/admin/", StringComparison.Ordinal) && !link.GetAttribute("href")!.StartsWith("/admin/overview", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sign_ins_are_counted_by_the_hour_and_by_the_day_and_their_table_says_the_same()
    {
        await RecordAsync(clock.GetUtcNow().AddDays(-40), 9, refused: 9);
        await RecordAsync(clock.GetUtcNow().AddDays(-20), 4, refused: 1);
        await RecordAsync(clock.GetUtcNow().AddDays(-3), 7, refused: 2);
        await RecordAsync(clock.GetUtcNow().AddHours(-5), 3, refused: 5);
        await CountAsync();
        using var ada = await bench.SignedInAsync("ada");
        await CountAsync();

        // Ada's own: the password alone is no sign-in yet, with the code it is.
        var day = await ada.OpenAsync("/admin/overview");
        Assert.Equal(("4", "5"), Sums(day));
        var refused = day.Document.QuerySelectorAll(".tiles a.value").Single(link => link.GetAttribute("href")!.Contains("sign_in.refused,mfa.refused", StringComparison.Ordinal));
        Assert.Equal(5, (await ada.OpenAsync(refused.GetAttribute("href")!)).Document.QuerySelectorAll(".record").Length);
        Assert.Equal(("11", "7"), Sums(await ada.OpenAsync("/admin/overview?period=7d")));
        var page = await ada.OpenAsync("/admin/overview?period=30d");
        Assert.Equal(("15", "8"), Sums(page));
        Assert.Equal(30, page.Document.QuerySelectorAll("figure + details tbody tr").Length);
        Assert.Contains(page.Document.QuerySelectorAll("svg rect title"), title => title.TextContent == "Sat 12 Jan: 7 done, 2 refused");
        Assert.Empty(page.Document.QuerySelectorAll("[style]"));
        Assert.Equal(3, page.Document.QuerySelectorAll("main table tbody tr th[scope=row]").Select(cell => cell.TextContent).Count(text => text is "24 hours" or "7 days" or "30 days"));
        Assert.Contains("password", page.Text, StringComparison.Ordinal);
        Assert.Contains("sign_in.refused wrong_password", page.Text, StringComparison.Ordinal);
        Assert.NotEmpty((await ada.OpenAsync(page.Document.QuerySelector(".tiles a.value")!.GetAttribute("href")!)).Document.QuerySelectorAll(".record"));
    }

    [Fact]
    public async Task Each_record_counts_once_on_two_nodes_at_once_and_after_a_restart()
    {
        const int Each = 400;
        await using (var other = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Database = database.Options, Document = RightsBench.Document("statistics:read"), Issuer = host.Issuer, Port = IdpHost.FreePort() }))
        {
            for (var round = 0; round < 3; round++)
            {
                await RecordAsync(clock.GetUtcNow(), Each, refused: Each);
                await Task.WhenAll(new[] { host, other, host, other }.Select(node => node.Services.GetRequiredService<DashboardJob>().RunOnceAsync(default)));
            }
        }

        await using (var again = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Database = database.Options, Document = RightsBench.Document("statistics:read"), Issuer = host.Issuer, Port = IdpHost.FreePort() }))
        {
            await RecordAsync(clock.GetUtcNow(), Each, refused: 0);
            await CountAsync(again);
        }

        await CountAsync();
        var records = await host.InStoreAsync(db => db.Set<AuditRecord>().Where(r => r.Sequence > 0).GroupBy(r => r.Name).Select(group => new { group.Key, Count = group.LongCount() }).ToListAsync());
        var counts = await host.InStoreAsync(db => db.Set<HourlyCount>().Where(c => c.Kind == HourlyCount.Event).GroupBy(c => c.Key).Select(group => new { group.Key, Count = group.Sum(c => c.Count) }).ToListAsync());
        Assert.Equal(records.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => (r.Key, r.Count)), counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Count)));
        Assert.Equal((4 * Each, 3 * Each), await host.InStoreAsync(async db => (
            await db.Set<HourlyCount>().Where(c => c.Kind == HourlyCount.SignIn && c.Key == EventCounts.Done).SumAsync(c => c.Count), await db.Set<HourlyCount>().Where(c => c.Kind == HourlyCount.SignIn && c.Key == EventCounts.Refused).SumAsync(c => c.Count))));
    }

    [Fact]
    public async Task Strangers_cannot_make_more_rows_than_there_is_room_for()
    {
        await host.InStoreAsync(async db =>
        {
            for (var i = 0; i < HourlyCount.MostKeys + 50; i++)
                db.Add(Record("tests.refused", EventResult.Refused, clock.GetUtcNow(), KeyValuePair.Create<string, object?>("reason", $"{i} <b>")));
            return await db.SaveChangesAsync();
        });
        await CountAsync();
        var rows = await host.InStoreAsync(db => db.Set<HourlyCount>().Where(c => c.Kind == HourlyCount.Error).ToListAsync());
        Assert.Equal((HourlyCount.MostKeys + 1, 50), (rows.Count, rows.Single(row => row.Key == HourlyCount.Others).Count));
        using var ada = await bench.SignedInAsync("ada");
        var page = await ada.OpenAsync("/admin/overview");
        Assert.Contains("others", page.Text, StringComparison.Ordinal);
        Assert.Empty(page.Document.QuerySelectorAll("main b"));
    }

    [Fact]
    public async Task People_sessions_factors_and_locks_are_counted_now_and_then_and_the_page_says_when()
    {
        using var ada = await bench.SignedInAsync("ada");
        await host.InStoreAsync(db => db.Set<Authenticator>().Where(app => db.Set<User>().Any(u => u.Id == app.UserId && u.UserName != "ada" && u.UserName != "otto" && u.UserName != "reader")).ExecuteDeleteAsync());
        using var stranger = new Browser(host);
        foreach (var name in new[] { "grace", "nobody-here" })
            for (var i = 0; i < 6; i++)
            {
                await stranger.OpenAsync("/account");
                await stranger.SubmitAsync("Sign in", ("username", name), ("password", "wrong"));
            }

        clock.Advance(DashboardJob.FiguresEvery + TimeSpan.FromSeconds(1));
        await CountAsync();
        var page = await ada.OpenAsync("/admin/overview");
        Assert.Equal(["6", "1", "50 %", "0 %", "1"], page.Document.QuerySelectorAll("h2").Single(h => h.TextContent == "Now").ParentElement!.QuerySelectorAll(".value").Select(value => value.TextContent.Trim().Split('\u00A0')[0].Replace(" People", "", StringComparison.Ordinal).Replace(" Sessions", "", StringComparison.Ordinal).Replace(" Locked", "", StringComparison.Ordinal)));
        var at = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        Assert.All(page.Document.QuerySelectorAll("hgroup time"), time => Assert.Equal(at, time.GetAttribute("datetime")));

        // Not again before its time; and where nothing happens, nobody looks for more.
        var job = host.Services.GetRequiredService<DashboardJob>();
        clock.Advance(TimeSpan.FromMinutes(1));
        await CountAsync();
        Assert.False(await job.IsWaitingAsync(default));
        await RecordAsync(clock.GetUtcNow(), 1, refused: 0);
        Assert.True(await job.IsWaitingAsync(default));
        await CountAsync();
        Assert.False(await job.IsWaitingAsync(default));
        page = await ada.OpenAsync("/admin/overview");
        Assert.Equal(at, page.Document.QuerySelectorAll("hgroup time")[1].GetAttribute("datetime"));
        clock.Advance(DashboardJob.FiguresEvery);
        Assert.True(await job.IsWaitingAsync(default));
    }

    [Fact]
    public async Task What_ends_within_a_month_is_shown_to_who_may_see_it()
    {
        var (grace, now) = (await bench.SubAsync("grace"), clock.GetUtcNow());
        await host.InStoreAsync(async db =>
        {
            foreach (var (name, days, revoked) in new[] { ("Soon <b>", 10, false), ("Late", 40, false), ("Gone", -1, false), ("Revoked", 5, true) })
                db.Add(new ApiKey { UserId = grace, Name = name, KeyHash = name, Shown = "x", CreatedAt = now, ExpiresAt = now.AddDays(days), RevokedAt = revoked ? now : null });
            var client = await db.Set<Client>().SingleAsync(c => c.ClientId == "trusted");
            db.Add(new ClientSecret { ClientId = client.Id, Hash = "x", CreatedAt = now, ExpiresAt = now.AddDays(3) });
            return await db.SaveChangesAsync();
        });
        using var ada = await bench.SignedInAsync("ada");
        var rows = (await ada.OpenAsync("/admin/overview")).Document.QuerySelectorAll("li.record .name").Select(name => name.TextContent).ToList();
        Assert.Contains("Soon <b>", rows);
        Assert.Equal(1, rows.Count(row => row.Contains("Soon", StringComparison.Ordinal) || row is "Late" or "Gone" or "Revoked"));
        Assert.True(rows.Count >= 2, string.Join(", ", rows));
        await PermitAsync("reader", "statistics:read");
        using var reader = await bench.SignedInAsync("reader");
        Assert.Empty((await reader.OpenAsync("/admin/overview")).Document.QuerySelectorAll("li.record"));
    }

    [Fact]
    public async Task The_first_steps_tick_themselves_and_can_be_put_away_and_had_back()
    {
        using var ada = await bench.SignedInAsync("ada");
        var page = await ada.OpenAsync("/admin/overview");
        Assert.Equal(["To do", "To do", "Done", "Done", "Done"], Steps(page));
        await host.InStoreAsync(db => db.Set<Authenticator>().Where(app => db.Set<User>().Any(u => u.Id == app.UserId && u.UserName == "otto")).ExecuteDeleteAsync());
        Assert.Equal(["To do", "To do", "Done", "To do", "Done"], Steps(await ada.OpenAsync("/admin/overview")));
        await host.InStoreAsync(db => db.Set<UserRole>().Where(held => db.Set<User>().Any(u => u.Id == held.UserId && u.UserName == "otto")).ExecuteDeleteAsync());
        Assert.Equal(["To do", "To do", "To do", "Done", "Done"], Steps(await ada.OpenAsync("/admin/overview")));

        await ada.SubmitAsync("Put it away");
        Assert.Empty(Steps(await ada.OpenAsync("/admin/overview")));
        await ada.SubmitAsync("Show the first steps");
        Assert.Equal(5, Steps(await ada.OpenAsync("/admin/overview")).Count);
    }

    [Theory]
    [InlineData("24h", "2030-01-14T13:00:00Z", "15 Jan 12:00")]
    [InlineData("7d", "2030-01-09T00:00:00Z", "Tue 15 Jan")]
    [InlineData("30d", "2029-12-17T00:00:00Z", "Tue 15 Jan")]
    public void A_period_begins_with_a_whole_step_and_ends_with_the_one_under_way(string name, string from, string last)
    {
        var (period, now) = (Period.All.Single(p => p.Name == name), clock.GetUtcNow());
        Assert.Equal(DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture), period.From(now));
        Assert.Equal((0, period.Steps - 1), (period.IndexOf(period.From(now), now), period.IndexOf(EventCounts.HourOf(now), now)));
        Assert.Equal(last, period.LabelOf(period.Steps - 1, now));
    }

    [Fact]
    public void Bars_stand_on_each_other_and_the_longest_is_as_high_as_the_drawing()
    {
        var chart = new BarChart([new Bar("a", 3, 1), new Bar("b", 0, 0), new Bar("c", 0, 2)]);
        Assert.Equal([("bar done", 1, "25", "75"), ("bar refused", 1, "0", "25"), ("bar refused", 21, "50", "50")], chart.Parts.Select(part => (part.Class, part.X, part.Y, part.Height)));
        Assert.Equal(("0 0 30 100", 4, false, true), (chart.ViewBox, chart.Most, chart.IsEmpty, new BarChart([new Bar("a", 0, 0)]).IsEmpty));
    }

    private static List<string> Steps(BrowserPage page) => [.. page.Document.QuerySelectorAll(".steps-list .tag").Select(tag => tag.TextContent)];

    private static (string Done, string Refused) Sums(BrowserPage page) => page.Document.QuerySelectorAll(".tiles")[0].QuerySelectorAll(".value").Select(value => value.TextContent.Trim()).ToArray() is [var done, var refused] ? (done, refused) : default;

    private async Task CountAsync(IdpHost? node = null)
    {
        await host.AuditAsync();
        await (node ?? host).Services.GetRequiredService<DashboardJob>().RunOnceAsync(default);
    }

    private async Task RecordAsync(DateTimeOffset at, int done, int refused)
    {
        await host.InStoreAsync(async db =>
        {
            for (var i = 0; i < done; i++)
                db.Add(Record(i % 2 == 0 ? EventCounts.Started : EventCounts.Completed, EventResult.Done, at, new("method", "pwd"), new("complete", true)));
            db.Add(Record(EventCounts.Started, EventResult.Done, at, new("method", "pwd"), new("complete", false)));
            for (var i = 0; i < refused; i++)
                db.Add(Record("sign_in.refused", EventResult.Refused, at, new KeyValuePair<string, object?>("reason", "wrong_password")));
            return await db.SaveChangesAsync();
        });
        await host.AuditAsync();
    }

    private static AuditRecord Record(string name, EventResult result, DateTimeOffset at, params KeyValuePair<string, object?>[] facts) =>
        AuditRecord.Of(new Happened(name, result, facts), new Origin(new Caller(Caller.Anonymous, null), "192.0.2.1", null, null), at);

    private Task<int> PermitAsync(string role, params string[] permissions) => host.InStoreAsync(async db =>
    {
        (await db.Set<Role>().SingleAsync(r => r.Name == role)).Permissions = [.. permissions];
        return await db.SaveChangesAsync();
    });

    private sealed record Happened(string Name, EventResult Result, KeyValuePair<string, object?>[] Facts) : IEvent
    {
        IEnumerable<KeyValuePair<string, object?>> IEvent.Facts => Facts;
    }
}
