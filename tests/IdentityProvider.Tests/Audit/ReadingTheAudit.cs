using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using IdentityProvider.Audit;
using IdentityProvider.Tests.Admin;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Audit;

/// <summary>The audit over the admin API.</summary>
public sealed class ReadingTheAudit : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document() });
        bench = new RightsBench(host, clock);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Who_may_read_it_reads_it_and_nobody_else()
    {
        var (ada, reader) = (await bench.TokenAsync("ada"), await bench.TokenAsync("reader"));
        (HttpMethod Method, string Path)[] routes = [(HttpMethod.Get, "audit"), (HttpMethod.Get, "audit/export?format=csv"), (HttpMethod.Get, "audit/verify")];
        foreach (var (method, path) in routes)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await bench.SendAsync(method, path, null)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(method, path, reader)).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync("roles/reader", ada, new { permissions = new[] { "roles:read", "audit:read" } })).Status);
        foreach (var (method, path) in routes)
            Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(method, path, reader)).Status);
    }

    [Fact]
    public async Task It_is_found_by_each_filter_in_pages_the_newest_first()
    {
        var (ada, adaId, grace) = (await bench.TokenAsync("ada"), await bench.SubAsync("ada"), await bench.SubAsync("grace"));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Created, (await bench.SendAsync(HttpMethod.Post, "roles", ada, new { name = $"helper{i}" })).Status);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        await bench.PutAsync($"users/{grace}/roles", ada, new { roles = new[] { "reader" } });
        await host.AuditAsync();

        Assert.Equal(["helper4", "helper3", "helper2", "helper1", "helper0"], await TargetsAsync(ada, "name=roles.created"));
        Assert.Equal(6, (await TargetsAsync(ada, $"name=roles.*&actor={adaId}")).Count);
        Assert.Equal([grace.ToString()], await TargetsAsync(ada, $"name=roles.assigned&target={grace}"));
        Assert.Equal(["helper1"], await TargetsAsync(ada, "name=roles.created&target=helper1&client_id=trusted&ip=127.0.0.1&result=done"));
        Assert.Empty(await TargetsAsync(ada, "name=roles.created&result=refused"));
        Assert.Equal(["helper4", "helper3", "helper2", "helper1", "helper0"], await TargetsAsync(ada, "name=nothing.happened,roles.created"));
        Assert.Empty(await TargetsAsync(ada, "name=roles.created&ip=192.0.2.1"));
        var since = Uri.EscapeDataString((clock.GetUtcNow() - TimeSpan.FromMinutes(2)).ToString("O"));
        Assert.Equal(["helper4", "helper3"], await TargetsAsync(ada, $"name=roles.created&from={since}"));
        Assert.Equal(["helper2", "helper1", "helper0"], await TargetsAsync(ada, $"name=roles.created&to={since}"));

        var (pages, after) = (new List<string>(), "");
        do
        {
            var body = (await bench.SendAsync(HttpMethod.Get, $"audit?name=roles.created&limit=2{after}", ada)).Body;
            pages.AddRange(Targets(body));
            after = body.TryGetProperty("next", out var next) ? $"&after={next.GetInt64()}" : "";
        }
        while (after.Length > 0);
        Assert.Equal(["helper4", "helper3", "helper2", "helper1", "helper0"], pages);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("after=0")]
    [InlineData("after=x")]
    [InlineData("result=perhaps")]
    [InlineData("from=yesterday")]
    [InlineData("name=%00")]
    [InlineData("format=xlsx", "export")]
    public async Task What_is_out_of_its_limits_is_refused(string query, string what = "")
    {
        var ada = await bench.TokenAsync("ada");
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Get, $"audit{(what.Length > 0 ? "/" + what : "")}?{query}", ada)).Status);
    }

    [Fact]
    public async Task An_export_holds_all_of_it_and_is_recorded_itself()
    {
        var ada = await bench.TokenAsync("ada");
        await bench.SendAsync(HttpMethod.Post, "roles", ada, new { name = "helper", permissions = new[] { "sessions:read" } });
        var records = await host.AuditAsync();

        var lines = (await ExportAsync(ada, "jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var exported = lines.Select(line => JsonDocument.Parse(line).RootElement).Take(records.Count).ToList();
        Assert.Equal(records.Select(r => (r.Sequence, r.Name, r.Hash)), exported.Select(e => (e.GetProperty("sequence").GetInt64(), e.GetProperty("name").GetString()!, e.GetProperty("hash").GetString())));
        Assert.Equal("sessions:read", exported.Single(e => e.GetProperty("name").GetString() == "roles.created").GetProperty("after")[0].GetString());
        Assert.StartsWith("sequence,at,name,result,actor_kind,", await ExportAsync(ada, "csv"), StringComparison.Ordinal);
        Assert.Equal(2, (await host.AuditAsync()).Count(r => r.Name == "audit.exported"));
    }

    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@SUM(A1)", "\"'@SUM(A1)\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("two\r\nlines", "\"two\r\nlines\"")]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void No_cell_is_taken_for_a_formula_or_for_two(string? value, string cell) => Assert.Equal(cell, AuditEntry.Cell(value));

    [Fact]
    public async Task The_proof_over_the_api_says_where_the_chain_breaks()
    {
        var ada = await bench.TokenAsync("ada");
        await host.AuditAsync();
        var right = (await bench.SendAsync(HttpMethod.Get, "audit/verify", ada)).Body;
        Assert.True(right.GetProperty("ok").GetBoolean());
        Assert.Equal(64, right.GetProperty("hash").GetString()!.Length);
        Assert.Contains("BEGIN PUBLIC KEY", right.GetProperty("public_key").GetString(), StringComparison.Ordinal);

        await host.SqlAsync("""UPDATE "AuditRecords" SET "ActorId" = 'mallory' WHERE "Sequence" = 2""");
        var wrong = (await bench.SendAsync(HttpMethod.Get, "audit/verify", ada)).Body;
        Assert.Equal((false, 2), (wrong.GetProperty("ok").GetBoolean(), wrong.GetProperty("broke_at").GetInt64()));
    }

    private async Task<string> ExportAsync(string token, string format)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/admin/v1/audit/export?format={format}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await host.Http.SendAsync(request);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<List<string>> TargetsAsync(string token, string query) => [.. Targets((await bench.SendAsync(HttpMethod.Get, $"audit?{query}", token)).Body)];

    private static IEnumerable<string> Targets(JsonElement body) => body.GetProperty("records").EnumerateArray().Select(r => r.GetProperty("target").GetProperty("id").GetString()!);
}
