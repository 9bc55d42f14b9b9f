using System.Net;
using System.Text.RegularExpressions;
using IdentityProvider.ApiKeys;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.ApiKeys;

/// <summary>People make, replace and revoke keys, over the API and on the pages.</summary>
public sealed partial class MakingKeys : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = KeyBench.Clock();
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = KeyBench.Document() });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_key_is_shown_once_stored_as_a_hash_and_told_by_mail()
    {
        var token = await KeyBench.TokenAsync(host);
        var (id, secret) = await KeyBench.MakeAsync(host, token, new { permissions = new[] { "notes:read:own" }, ip_addresses = new[] { "192.0.2.7", "2001:db8::/32" }, monthly_quota = 5 });
        Assert.Matches(Form(), secret);
        var stored = await host.InStoreAsync(db => db.Set<ApiKey>().AsNoTracking().SingleAsync());
        Assert.Equal((64, false), (stored.KeyHash.Length, stored.KeyHash.Contains(secret[^20..], StringComparison.Ordinal)));

        var key = Assert.Single((await KeyBench.SendAsync(host, HttpMethod.Get, "/api/keys", token)).Json.GetProperty("keys").EnumerateArray().ToList());
        Assert.False(key.TryGetProperty("key", out _));
        Assert.Equal((id, "active", $"{secret[..8]}…{secret[^4..]}"), (key.GetProperty("id").GetGuid(), key.GetProperty("status").GetString(), key.GetProperty("shown").GetString()));
        Assert.Equal(clock.GetUtcNow().AddDays(90), key.GetProperty("expires_at").GetDateTimeOffset());
        var mail = await host.MailAsync("ada@example.test");
        Assert.Contains("API key was made", mail.Subject, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        var answer = await KeyBench.SendAsync(host, HttpMethod.Post, "/api/keys", await KeyBench.TokenAsync(host), new
        {
            name = " ",
            scope = "notes:rea",
            permissions = new[] { "users:manage" },
            ip_addresses = new[] { "anywhere" },
            expires_in = 366 * 86_400,
            requests_per_minute = 601,
            monthly_quota = 0,
        });
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.Response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(
            ["expires_in", "ip_addresses", "monthly_quota", "name", "permissions", "requests_per_minute", "scope"],
            answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        Assert.Contains("notes:read", answer.Json.GetProperty("errors").GetProperty("scope")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await KeyBench.SendAsync(host, HttpMethod.Post, "/api/keys", await KeyBench.TokenAsync(host), new { name = "K", scope = "notes:read", user_id = Guid.Empty })).Status);
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<ApiKey>().CountAsync()));
    }

    [Theory]
    [InlineData("users:read", true)]
    [InlineData("notes:read:own", true)]
    [InlineData("notes:read:all", false)]
    [InlineData("notes:write:own", false)]
    [InlineData("notes:read:all:all", false)]
    public async Task No_key_has_a_permission_that_its_owner_lacks(string permission, bool may)
    {
        var answer = await KeyBench.SendAsync(host, HttpMethod.Post, "/api/keys", await KeyBench.TokenAsync(host), new { name = "K", scope = "notes:read", permissions = new[] { permission } });
        Assert.Equal(may ? HttpStatusCode.Created : HttpStatusCode.BadRequest, answer.Status);
    }

    [Theory]
    [InlineData("urn:identityprovider:api-keys")]
    [InlineData("offline_access")]
    public async Task No_key_makes_keys_or_outlives_itself(string scope) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await KeyBench.SendAsync(host, HttpMethod.Post, "/api/keys", await KeyBench.TokenAsync(host), new { name = "K", scope })).Status);

    [Fact]
    public async Task Making_and_replacing_want_a_fresh_sign_in_the_scope_and_a_token()
    {
        var token = await KeyBench.TokenAsync(host);
        var (id, secret) = await KeyBench.MakeAsync(host, token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Post, "/api/keys", null, new { name = "K", scope = "notes:read" })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/keys", await KeyBench.TokenAsync(host, scope: "openid"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyBench.SendAsync(host, HttpMethod.Post, "/api/keys", secret, new { name = "K", scope = "notes:read" })).Status);
        clock.Advance(TimeSpan.FromMinutes(6));
        foreach (var path in new[] { "/api/keys", $"/api/keys/{id}/rotate" })
        {
            var answer = await KeyBench.SendAsync(host, HttpMethod.Post, path, token, path == "/api/keys" ? (object)new { name = "K", scope = "notes:read" } : new { overlap = 0 });
            Assert.Equal((HttpStatusCode.Unauthorized, "insufficient_user_authentication"), (answer.Status, answer.Error));
        }

        // An end needs no more than the token.
        Assert.Equal(HttpStatusCode.NoContent, (await KeyBench.SendAsync(host, HttpMethod.Delete, $"/api/keys/{id}", token)).Status);
    }

    [Fact]
    public async Task Of_others_keys_nobody_sees_or_ends_one()
    {
        var (id, secret) = await KeyBench.MakeAsync(host, await KeyBench.TokenAsync(host));
        var grace = await KeyBench.TokenAsync(host, "grace");
        Assert.Empty((await KeyBench.SendAsync(host, HttpMethod.Get, "/api/keys", grace)).Json.GetProperty("keys").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await KeyBench.SendAsync(host, HttpMethod.Get, $"/api/keys/{id}/uses", grace)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await KeyBench.SendAsync(host, HttpMethod.Post, $"/api/keys/{id}/rotate", grace, new { })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await KeyBench.SendAsync(host, HttpMethod.Delete, $"/api/keys/{id}", grace)).Status);
        Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", secret)).Status);
    }

    [Fact]
    public async Task The_old_key_works_beside_its_successor_for_the_overlap_and_is_replaced_once()
    {
        var token = await KeyBench.TokenAsync(host);
        var (id, old) = await KeyBench.MakeAsync(host, token);
        var made = await KeyBench.SendAsync(host, HttpMethod.Post, $"/api/keys/{id}/rotate", token, new { overlap = 3600 });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await KeyBench.SendAsync(host, HttpMethod.Post, $"/api/keys/{id}/rotate", token, new { overlap = 3600 })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await KeyBench.SendAsync(host, HttpMethod.Post, $"/api/keys/{made["id"]}/rotate", token, new { overlap = 31 * 86_400 })).Status);
        foreach (var secret in new[] { old, made["key"]! })
            Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", secret)).Status);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", old)).Status);
        Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", made["key"])).Status);

        // Without an overlap the old one is dead in the answer.
        var again = await KeyBench.TokenAsync(host);
        var third = await KeyBench.SendAsync(host, HttpMethod.Post, $"/api/keys/{made["id"]}/rotate", again, new { overlap = 0 });
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", made["key"])).Status);
        Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", third["key"])).Status);
    }

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task Of_sixteen_made_or_replaced_at_once_on_two_nodes_no_more_come_than_may_be(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider, KeyBench.Document(), clock, new() { ["ApiKeys:MaxPerUser"] = "3" });
        var token = await KeyBench.TokenAsync(nodes.First);
        var made = await nodes.RaceAsync(node => KeyBench.SendAsync(node, HttpMethod.Post, "/api/keys", token, new { name = "K", scope = "notes:read" }));
        Assert.Equal(3, made.Count(answer => answer.Status == HttpStatusCode.Created));
        Assert.All(made, answer => Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.BadRequest));

        var id = made.First(answer => answer.Status == HttpStatusCode.Created)["id"];
        var replaced = await nodes.RaceAsync(node => KeyBench.SendAsync(node, HttpMethod.Post, $"/api/keys/{id}/rotate", token, new { overlap = 0 }));
        Assert.Single(replaced, answer => answer.Status == HttpStatusCode.Created);
        Assert.Equal(3, await nodes.First.InStoreAsync(db => db.Set<ApiKey>().CountAsync(k => k.RevokedAt == null)));
    }

    [Fact]
    public async Task So_many_are_made_an_hour_and_no_more()
    {
        await using var strict = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = KeyBench.Document(), Settings = { ["RateLimits:ApiKeysPerUser:Permits"] = "2" } });
        var token = await KeyBench.TokenAsync(strict);
        await KeyBench.MakeAsync(strict, token);
        await KeyBench.MakeAsync(strict, token);
        var third = await KeyBench.SendAsync(strict, HttpMethod.Post, "/api/keys", token, new { name = "K", scope = "notes:read" });
        Assert.Equal((HttpStatusCode.TooManyRequests, true), (third.Status, third.Response.Headers.RetryAfter is not null));
    }

    [Fact]
    public async Task Where_keys_are_off_there_are_no_pages_and_none_works()
    {
        var (_, secret) = await KeyBench.MakeAsync(host, await KeyBench.TokenAsync(host));
        await using var off = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = KeyBench.Document(), Settings = { ["ApiKeys:Enabled"] = "false" } });
        using var browser = new Browser(off);
        Assert.DoesNotContain("API keys", (await browser.OpenAccountAsync()).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.OpenAsync("/account/keys")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.OpenAsync("/account/keys/new")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(off, HttpMethod.Get, "/api/me", secret)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await KeyBench.SendAsync(off, HttpMethod.Post, "/api/keys", await KeyBench.TokenAsync(off), new { name = "K", scope = "notes:read" })).Status);
    }

    [Fact]
    public async Task On_the_pages_a_person_makes_replaces_and_revokes_one()
    {
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        await browser.OpenAsync("/account/keys/new");
        var wrong = await browser.SubmitAsync("Make the key", ("name", ""), ("days", "many"));
        Assert.Contains("Give the key a name", wrong.Text, StringComparison.Ordinal);
        Assert.Contains("whole number of days", wrong.Text, StringComparison.Ordinal);
        Assert.Contains("at least one thing", wrong.Text, StringComparison.Ordinal);
        var made = await browser.SubmitAsync("Make the key", ("name", "<b>Backup</b>"), ("days", "30"), ("scope", "openid"));
        var secret = Form().Match(made.Text).Value;
        Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", secret)).Status);
        var list = await browser.OpenAsync("/account/keys");
        Assert.DoesNotContain(secret, list.Text, StringComparison.Ordinal);
        Assert.Contains("<b>Backup</b>", list.Document.QuerySelector(".rows .name")!.TextContent, StringComparison.Ordinal);

        var details = list.Document.QuerySelector(".rows a")!.GetAttribute("href")!;
        await browser.OpenAsync(details);
        var second = await browser.SubmitAsync("Replace the key", ("hours", "0"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", secret)).Status);
        secret = Form().Match(second.Text).Value;
        list = await browser.OpenAsync("/account/keys");
        await browser.OpenAsync(list.Document.QuerySelector(".rows a")!.GetAttribute("href")!);
        Assert.Contains("Enter the name of the key as it is", (await browser.SubmitAsync("Revoke the key", ("name", "backup"))).Text, StringComparison.Ordinal);
        Assert.Contains("does not work any more", (await browser.SubmitAsync("Revoke the key", ("name", "<b>Backup</b>"))).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", secret)).Status);

        using var grace = new Browser(host);
        await grace.OpenAccountAsync("/account", "grace");
        Assert.Equal(HttpStatusCode.NotFound, (await grace.OpenAsync(details)).Status);
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.StartsWith("Confirm", (await browser.OpenAsync("/account/keys/new")).Heading, StringComparison.Ordinal);
    }

    [GeneratedRegex("sk_test_[0-9a-f]{64}")]
    private static partial Regex Form();
}
