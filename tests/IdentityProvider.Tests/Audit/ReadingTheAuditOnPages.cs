using System.Net;
using System.Net.Http.Headers;
using IdentityProvider.Platform.Events;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Admin;
using IdentityProvider.Tests.Pages;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Audit;

/// <summary>The audit on the pages of the console.</summary>
public sealed class ReadingTheAuditOnPages : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document("users:manage") });
        bench = new RightsBench(host, clock);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Who_may_read_it_reads_it_and_nobody_else()
    {
        await host.RecordAsync(2);
        var last = (await host.AuditAsync())[^1].Sequence;
        string[] paths = ["/admin/audit", "/admin/audit?name=roles.*", $"/admin/audit/{last}", "/admin/audit/export?format=csv", "/admin/audit/live"];
        using var stranger = new Browser(host);
        using var deputy = await bench.SignedInAsync("deputy");
        foreach (var path in paths)
        {
            Assert.Equal("/login", (await stranger.OpenAsync(path)).Url.AbsolutePath);
            Assert.Equal(HttpStatusCode.Forbidden, (await deputy.OpenAsync(path)).Status);
        }

        Assert.DoesNotContain((await deputy.OpenAsync("/admin/roles")).Document.QuerySelectorAll("nav.places a"), link => link.TextContent == "Audit");
        Assert.Empty((await deputy.OpenAsync("/admin/roles/admin")).Document.QuerySelectorAll("a[href*='/admin/audit']"));

        await PermitAsync("reader", "audit:read");
        using var reader = await bench.SignedInAsync("reader");
        foreach (var path in paths[..4])
            Assert.Equal(HttpStatusCode.OK, (await reader.OpenAsync(path)).Status);
        Assert.Equal("/admin/audit", (await reader.OpenAsync("/admin")).Url.AbsolutePath);
        Assert.Equal(HttpStatusCode.NotFound, (await reader.OpenAsync($"/admin/audit/{last + 1000}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await reader.OpenAsync("/admin/audit/0")).Status);
    }

    [Fact]
    public async Task It_is_found_by_each_filter_and_page_by_page_the_newest_first()
    {
        using var ada = await bench.SignedInAsync("ada");
        await host.RecordAsync(70);
        await host.AuditAsync();
        var page = await ada.OpenAsync("/admin/audit?name=tests.*");
        Assert.Equal(50, Targets(page).Count);
        Assert.Equal(Sequences(page).OrderDescending(), Sequences(page));
        var oldest = Sequences(page)[^1];
        page = await ada.OpenAsync(page.Document.QuerySelector("main a[href*='after=']")!.GetAttribute("href")!);
        Assert.Equal(20, Targets(page).Count);
        Assert.True(Sequences(page)[0] < oldest);
        Assert.Equal(Sequences(page).OrderDescending(), Sequences(page));
        Assert.Null(page.Document.QuerySelector("main a[href*='after=']"));

        await ada.OpenAsync("/admin/roles/~new");
        await ada.SubmitAsync("Add the role", ("name", "helper"), ("permissions", "sessions:read"));
        var record = (await host.AuditAsync()).Last(r => r.Name == "roles.created");
        var at = record.At.UtcDateTime;
        await host.InStoreAsync(async db =>
        {
            foreach (var (error, trace) in new (string?, string?)[] { ("4bf92f3577b34da6a3ce929d0e0e4736", null), (null, "00f067aa0ba902b70000000000000000") })
                db.Add(AuditRecord.Of(new Attack("traced", Guid.CreateVersion7()), new Origin(new Caller(Caller.System, null), null, error, trace), clock.GetUtcNow()));
            return await db.SaveChangesAsync();
        });
        await host.AuditAsync();
        foreach (var id in new[] { "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b70000000000000000" })
            Assert.Single(Sequences(await ada.OpenAsync($"/admin/audit?error_id={id}")));
        foreach (var found in new[]
        {
            "name=roles.created", "name=roles.*&result=done", "actor=ada", "actor=ADA%40example.test", $"actor={await bench.SubAsync("ada")}", "target=helper", $"session={record.SessionId}", $"ip={record.Address}",
            $"from={at.AddMinutes(-1):yyyy-MM-dd'T'HH:mm}&to={at.AddMinutes(1):yyyy-MM-dd'T'HH:mm}",
        })
            Assert.Contains("role helper", Targets(await ada.OpenAsync($"/admin/audit?{found}")));
        foreach (var other in new[] { "name=roles.removed", "actor=grace", "target=helpers", "session=none", "ip=192.0.2.1", "error_id=none", "result=refused", "client_id=web", $"from={at.AddHours(1):yyyy-MM-dd'T'HH:mm}" })
            Assert.DoesNotContain("role helper", Targets(await ada.OpenAsync($"/admin/audit?{other}")));
        Assert.Contains("Nothing matches", (await ada.OpenAsync("/admin/audit?name=nothing")).Text, StringComparison.Ordinal);
        page = await ada.OpenAsync("/admin/audit?name=tests.*&result=done&actor=tester");
        Assert.Equal(("tests.*", "tester"), (page.Document.QuerySelector("#name")!.GetAttribute("value"), page.Document.QuerySelector("#actor")!.GetAttribute("value")));
        Assert.Contains("result=refused", page.Document.QuerySelectorAll(".tabs a")[2].GetAttribute("href"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=0", "to")]
    [InlineData("ip=2001:0db8:0000:0000:0000:0000:0000:0001:0000:0000:0000:0000:0000:0000", "ip")]
    public async Task What_is_out_of_its_limits_is_said_beside_the_field(string query, string field)
    {
        using var ada = await bench.SignedInAsync("ada");
        var page = await ada.OpenAsync($"/admin/audit?{query}");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.NotNull(page.Document.QuerySelector($"#{field}-error"));
        Assert.StartsWith("Error: ", page.Title, StringComparison.Ordinal);
        foreach (var odd in new[] { "name=%00%01", "after=none", "after=-5", "result=perhaps", "name=" + new string('x', 4000), "live=on&after=1", "name=a&name=b" })
            Assert.Equal(HttpStatusCode.OK, (await ada.OpenAsync($"/admin/audit?{odd}")).Status);
        foreach (var refused in new[] { $"format=csv&{query}", "format=xlsx", "" })
            Assert.Equal(HttpStatusCode.BadRequest, (await ada.OpenAsync($"/admin/audit/export?{refused}")).Status);
    }

    [Fact]
    public async Task A_record_shows_who_did_what_and_each_field_before_and_after_in_words()
    {
        using var ada = await bench.SignedInAsync("ada");
        await ada.OpenAsync("/admin/roles/~new");
        await ada.SubmitAsync("Add the role", ("name", "helper"), ("permissions", "roles:read"));
        await ada.SubmitAsync("Save", ("permissions", "audit:read"), ("permissions", "roles:read"));
        var record = (await host.AuditAsync()).Last(r => r.Name == "roles.changed");
        var page = await ada.OpenAsync("/admin/audit?name=roles.changed");
        page = await ada.OpenAsync(page.Document.QuerySelector(".record a.name")!.GetAttribute("href")!);
        Assert.Equal($"/admin/audit/{record.Sequence}", page.Url.AbsolutePath);
        Assert.Equal("roles.changed", page.Heading);
        var row = Assert.Single(page.Document.QuerySelectorAll(".changes tbody tr"));
        Assert.Contains("Changed", row.TextContent, StringComparison.Ordinal);
        Assert.Equal(["roles:read"], row.QuerySelectorAll("td:nth-of-type(1) code").Select(code => code.TextContent));
        Assert.Equal("audit:read new", string.Join(' ', row.QuerySelector("td:nth-of-type(2) div")!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        var links = page.Document.QuerySelectorAll("main a").Select(link => link.GetAttribute("href")).ToList();
        Assert.Contains($"/admin/users/{await bench.SubAsync("ada")}", links);
        Assert.Contains("/admin/roles/helper", links);
        foreach (var alike in new[] { $"actor={await bench.SubAsync("ada")}", "target=helper", "name=roles.changed", $"session={record.SessionId}", "ip=127.0.0.1" })
            Assert.Contains("roles.changed", (await ada.OpenAsync(links.First(link => link!.Contains(alike, StringComparison.Ordinal))!)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_told_to_who_may_know_them_and_lead_there_and_back()
    {
        var ada = await bench.SubAsync("ada");
        using var admin = await bench.SignedInAsync("ada");
        await admin.OpenAsync("/admin/roles/~new");
        await admin.SubmitAsync("Add the role", ("name", "helper"));
        await host.AuditAsync();
        await PermitAsync("reader", "audit:read");
        using var reader = await bench.SignedInAsync("reader");
        await host.AuditAsync();
        var page = await reader.OpenAsync("/admin/audit?name=roles.created");
        Assert.Contains($"by person {ada}", Flat(page.Document.QuerySelector(".record")!.TextContent), StringComparison.Ordinal);
        Assert.Empty(page.Document.QuerySelectorAll(".record a[href*='/admin/users'], .record a[href*='/admin/roles']"));
        Assert.Empty((await reader.OpenAsync("/admin/audit?actor=ada")).Document.QuerySelectorAll(".record"));

        Assert.Contains("by ada", Flat((await admin.OpenAsync("/admin/audit?name=roles.created")).Document.QuerySelector(".record")!.TextContent), StringComparison.Ordinal);
        foreach (var (path, filter) in new[] { ($"/admin/users/{ada}", $"target={ada}"), ($"/admin/users/{ada}", $"actor={ada}"), ("/admin/roles/helper", "target=helper"), ("/admin/sessions", "session=") })
        {
            page = await admin.OpenAsync(path);
            page = await admin.OpenAsync(page.Document.QuerySelector($"main a[href*='/admin/audit?{filter}']")!.GetAttribute("href")!);
            Assert.NotEmpty(page.Document.QuerySelectorAll(".record"));
        }
    }

    [Fact]
    public async Task Names_that_attack_the_page_or_the_reader_stay_text_and_are_seen()
    {
        await host.InStoreAsync(async db =>
        {
            (await db.Set<User>().SingleAsync(u => u.UserName == "grace")).Name = StageDocument.Override;
            return await db.SaveChangesAsync();
        });
        var grace = await bench.SubAsync("grace");
        await host.InStoreAsync(async db =>
        {
            foreach (var what in new[] { StageDocument.Script, StageDocument.Image, StageDocument.Override })
                db.Add(AuditRecord.Of(new Attack(what, grace), new Origin(new Caller(Caller.Anonymous, null), what[..Math.Min(20, what.Length)], null, null), clock.GetUtcNow()));
            return await db.SaveChangesAsync();
        });
        using var ada = await bench.SignedInAsync("ada");
        var records = (await host.AuditAsync()).Where(r => r.Name == "tests.attack").ToList();
        foreach (var path in records.Select(r => $"/admin/audit/{r.Sequence}").Prepend("/admin/audit?name=tests.attack"))
        {
            var page = await ada.OpenAsync(path);
            Assert.Empty(page.Document.QuerySelectorAll("main script:not([src]), main img, main [onerror]"));
            Assert.DoesNotContain('\u202E', page.Document.QuerySelector("main")!.InnerHtml);
        }

        Assert.Contains("evil⟨U+202E⟩gpj.exe", (await ada.OpenAsync("/admin/audit?name=tests.attack")).Text, StringComparison.Ordinal);
        var csv = await ada.OpenAsync("/admin/audit/export?format=csv&name=tests.attack");
        Assert.Contains("attachment", csv.Response.Content.Headers.ContentDisposition!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("csv")]
    public async Task An_export_from_the_page_is_that_of_the_api_and_is_recorded(string format)
    {
        await host.RecordAsync(3, "=cmd|' /C calc'!A0");
        var token = await bench.TokenAsync("ada");
        using var ada = await bench.SignedInAsync("ada");
        await host.AuditAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/admin/v1/audit/export?format={format}&name=tests.*");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await host.Http.SendAsync(request);
        var expected = await response.Content.ReadAsStringAsync();
        Assert.Contains("calc", expected, StringComparison.Ordinal);

        var page = await ada.OpenAsync("/admin/audit?name=tests.*");
        var link = page.Document.QuerySelector($"main a[href*='format={format}']")!.GetAttribute("href")!;
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var download = new HttpRequestMessage(HttpMethod.Get, host[link]);
        download.Headers.Add("Cookie", ada.Cookies.GetCookieHeader(host.Issuer));
        using var file = await http.SendAsync(download);
        Assert.Equal(expected, await file.Content.ReadAsStringAsync());
        Assert.Equal(response.Content.Headers.ContentType, file.Content.Headers.ContentType);
        var exports = (await host.AuditAsync()).Where(r => r.Name == "audit.exported").ToList();
        Assert.Equal(2, exports.Count);
        Assert.All(exports, export => Assert.Equal(("user", exports[0].ActorId), (export.ActorKind, export.ActorId)));
    }

    private static List<string> Targets(BrowserPage page) => [.. page.Document.QuerySelectorAll(".record p:nth-of-type(1)").Select(row => Flat(row.TextContent).Split(" · ")[^1])];

    private static List<long> Sequences(BrowserPage page) => [.. page.Document.QuerySelectorAll(".record").Select(row => long.Parse(row.GetAttribute("data-sequence")!, System.Globalization.CultureInfo.InvariantCulture))];

    private static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private Task<int> PermitAsync(string role, params string[] permissions) => host.InStoreAsync(async db =>
    {
        (await db.Set<Role>().SingleAsync(r => r.Name == role)).Permissions = [.. permissions];
        return await db.SaveChangesAsync();
    });

    private sealed record Attack(string What, Guid User) : IEvent
    {
        public string Name => "tests.attack";
        public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", User), new("client", What), new("reason", What), new("typed", What)];
        public object? Before => new Dictionary<string, object?> { [What] = What };
        public object? After => new Dictionary<string, object?> { [What] = new[] { What, "more" } };
    }
}
