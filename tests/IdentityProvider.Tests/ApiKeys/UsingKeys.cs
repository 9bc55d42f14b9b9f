using System.Net;
using IdentityProvider.ApiKeys;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.ApiKeys;

/// <summary>Our own API, introspection and token exchange take keys, as far as they go and no longer.</summary>
public sealed class UsingKeys : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = KeyBench.Clock();
    private IdpHost host = null!;
    private string token = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = KeyBench.Document() });
        token = await KeyBench.TokenAsync(host);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Our_own_api_gives_what_the_scopes_say()
    {
        var (_, secret) = await KeyBench.MakeAsync(host, token);
        var me = await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", secret);
        Assert.Equal(("Ada Lovelace", null), (me["name"], me["email"]));
        var (_, other) = await KeyBench.MakeAsync(host, token, new { scope = "notes:read" });
        var refused = await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", other);
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_scope"), (refused.Status, refused.Error));
        foreach (var wrong in new[] { secret[..^1] + (secret[^1] == '0' ? '1' : '0'), secret.ToUpperInvariant(), secret + "0", "sk_test_" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", wrong)).Status);

        // What wants somebody to be there is not for a key, and neither is UserInfo.
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyBench.SendAsync(host, HttpMethod.Post, "/api/logout-all", secret)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/connect/userinfo", secret)).Status);
    }

    [Fact]
    public async Task An_api_learns_by_introspection_what_the_key_may_do_there()
    {
        var (_, secret) = await KeyBench.MakeAsync(host, token, new { permissions = new[] { "notes:read:own" } });
        var answer = await KeyBench.IntrospectAsync(host, secret);
        Assert.True(answer.Json.GetProperty("active").GetBoolean(), answer.Json.ToString());
        Assert.Equal(("notes:read", null), (answer["scope"], answer["username"]));
        Assert.Equal(["notes:read:own"], answer.Json.GetProperty("permissions").EnumerateArray().Select(permission => permission.GetString()));
        Assert.Equal(await UserIdAsync("ada"), answer.Json.GetProperty("sub").GetGuid());
        Assert.Equal(clock.GetUtcNow().AddDays(90).ToUnixTimeSeconds(), answer.Json.GetProperty("exp").GetInt64());
        Assert.False((await KeyBench.IntrospectAsync(host, secret, TestDocument.OtherApi)).Json.GetProperty("active").GetBoolean());
        Assert.False((await KeyBench.IntrospectAsync(host, ApiKeySecret.Create(isLive: false))).Json.GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task A_key_is_exchanged_for_a_short_token_that_an_api_verifies_offline()
    {
        var (id, secret) = await KeyBench.MakeAsync(host, token, new { permissions = new[] { "notes:read:own", "users:read" } });
        var answer = await KeyBench.ExchangeAsync(host, secret);
        Assert.Equal("urn:ietf:params:oauth:token-type:access_token", answer["issued_token_type"]);
        Assert.InRange(answer.Json.GetProperty("expires_in").GetInt32(), 290, 300);
        Assert.Null(answer["refresh_token"]);
        Assert.Equal("at+jwt", RelyingParty.Header(answer["access_token"]!).GetProperty("typ").GetString());
        var claims = RelyingParty.Claims(answer["access_token"]!);
        Assert.Equal((TestDocument.Api, "notes:read"), (claims.GetProperty("aud").GetString(), claims.GetProperty("scope").GetString()));
        Assert.Equal((await UserIdAsync("ada"), "[\"notes:read:own\"]"), (claims.GetProperty("sub").GetGuid(), claims.GetProperty("permissions").ToString()));
        Assert.True((await KeyBench.IntrospectAsync(host, answer["access_token"]!)).Json.GetProperty("active").GetBoolean());

        Assert.Equal("invalid_scope", (await KeyBench.ExchangeAsync(host, secret, ("scope", "notes:write"))).Error);
        Assert.Equal("invalid_scope", (await KeyBench.ExchangeAsync(host, secret, ("scope", "openid"))).Error);
        Assert.Equal("invalid_target", (await KeyBench.ExchangeAsync(host, secret, ("audience", "https://nowhere.test"))).Error);
        Assert.Equal("invalid_target", (await KeyBench.ExchangeAsync(host, secret, ("resource", "https://nowhere.test"))).Error);
        Assert.Equal("invalid_scope", (await KeyBench.ExchangeAsync(host, secret, ("audience", TestDocument.OtherApi))).Error);
        Assert.Equal("notes:read", (await KeyBench.ExchangeAsync(host, secret, ("audience", TestDocument.Api)))["scope"] ?? "notes:read");
        Assert.Equal("invalid_grant", (await KeyBench.ExchangeAsync(host, token)).Error);

        // The actor's token was given to another client: the engine refuses it before the grant is asked.
        Assert.Equal("invalid_grant", (await KeyBench.ExchangeAsync(host, secret, ("actor_token", token), ("actor_token_type", "urn:ietf:params:oauth:token-type:access_token"))).Error);
        Assert.Equal("invalid_request", (await KeyBench.ExchangeAsync(host, secret, ("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"))).Error);
        Assert.Equal("unauthorized_client", (await new RelyingParty(host, "trusted").TokenAsync(
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", secret), ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"))).Error);

        // What came of the key dies with it.
        Assert.Equal(HttpStatusCode.NoContent, (await KeyBench.SendAsync(host, HttpMethod.Delete, $"/api/keys/{id}", token)).Status);
        Assert.False((await KeyBench.IntrospectAsync(host, answer["access_token"]!)).Json.GetProperty("active").GetBoolean());
        Assert.Equal(HttpStatusCode.BadRequest, (await KeyBench.ExchangeAsync(host, secret)).Status);
    }

    [Fact]
    public async Task It_ends_when_its_time_is_over_it_is_revoked_or_its_owner_is_disabled()
    {
        var (_, brief) = await KeyBench.MakeAsync(host, token, new { expires_in = 3600 });
        var (id, revoked) = await KeyBench.MakeAsync(host, token);
        var (_, disabled) = await KeyBench.MakeAsync(host, token);
        Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", brief)).Status);
        await KeyBench.SendAsync(host, HttpMethod.Delete, $"/api/keys/{id}", token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", revoked)).Status);
        Assert.False((await KeyBench.IntrospectAsync(host, revoked)).Json.GetProperty("active").GetBoolean());
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", brief)).Status);

        Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", disabled)).Status);
        var now = clock.GetUtcNow();
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, now)));
        clock.Advance(ApiKeyCache.Freshness);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", disabled)).Status);
    }

    [Fact]
    public async Task A_permission_that_the_owner_loses_the_key_loses()
    {
        var (_, secret) = await KeyBench.MakeAsync(host, token, new { permissions = new[] { "notes:read:own", "users:read" } });
        Assert.NotNull((await KeyBench.IntrospectAsync(host, secret))["permissions"]);
        await KeyBench.TakeRolesAsync(host);
        clock.Advance(ApiKeyCache.Freshness);
        var answer = await KeyBench.IntrospectAsync(host, secret);
        Assert.Equal((true, null), (answer.Json.GetProperty("active").GetBoolean(), answer["permissions"]));
    }

    [Fact]
    public async Task Only_listed_addresses_may_send_it_and_where_none_is_known_none_does()
    {
        var (_, here) = await KeyBench.MakeAsync(host, token, new { ip_addresses = new[] { "127.0.0.0/8", "::1" } });
        var (_, elsewhere) = await KeyBench.MakeAsync(host, token, new { ip_addresses = new[] { "203.0.113.7", "2001:db8::/32" } });
        Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", here)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", elsewhere)).Status);
        foreach (var (from, active) in new[] { ("203.0.113.7", true), ("2001:db8:1::5", true), ("::ffff:203.0.113.7", true), ("203.0.113.8", false), ("nonsense", false), (null, false) })
            Assert.Equal(active, (await KeyBench.IntrospectAsync(host, elsewhere, from: from)).Json.GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task One_is_too_often_used_while_another_goes_on()
    {
        var (_, busy) = await KeyBench.MakeAsync(host, token, new { requests_per_minute = 2 });
        var (_, other) = await KeyBench.MakeAsync(host, token, new { monthly_quota = 2 });
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", busy)).Status);
        var refused = await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", busy);
        Assert.Equal((HttpStatusCode.TooManyRequests, true), (refused.Status, refused.Response.Headers.RetryAfter is not null));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await KeyBench.IntrospectAsync(host, busy)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await KeyBench.ExchangeAsync(host, busy)).Status);

        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", other)).Status);
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", busy)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", other)).Status);
        clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", other)).Status);
    }

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task Sixteen_at_once_on_two_nodes_use_a_quota_of_five_five_times_and_an_ended_key_never(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider, KeyBench.Document(), clock);
        var (id, secret) = await KeyBench.MakeAsync(nodes.First, await KeyBench.TokenAsync(nodes.First), new { monthly_quota = 5, expires_in = 3600 });
        var answers = await nodes.RaceAsync(node => KeyBench.SendAsync(node, HttpMethod.Get, "/api/me", secret));
        Assert.Equal((5, 11), (answers.Count(a => a.Status == HttpStatusCode.OK), answers.Count(a => a.Status == HttpStatusCode.TooManyRequests)));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.All(await nodes.RaceAsync(node => KeyBench.SendAsync(node, HttpMethod.Get, "/api/me", secret)), answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.Status));

        await nodes.First.Services.GetRequiredService<UseLog>().WriteAsync(CancellationToken.None);
        await nodes.Second.Services.GetRequiredService<UseLog>().WriteAsync(CancellationToken.None);
        var uses = await nodes.First.InStoreAsync(db => db.Set<ApiKeyUse>().Where(u => u.ApiKeyId == id).GroupBy(u => u.Refusal).Select(u => new { Refusal = u.Key ?? "", Count = u.Count() }).ToDictionaryAsync(u => u.Refusal, u => u.Count));
        Assert.Equal((5, 11, 16), (uses[""], uses["quota"], uses["expired"]));
    }

    [Fact]
    public async Task Each_use_is_written_down_with_where_from_and_what_for()
    {
        var (id, secret) = await KeyBench.MakeAsync(host, token);
        await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", secret);
        clock.Advance(TimeSpan.FromSeconds(1));
        await KeyBench.IntrospectAsync(host, secret, from: "203.0.113.7");
        await host.Services.GetRequiredService<UseLog>().WriteAsync(CancellationToken.None);
        var uses = (await KeyBench.SendAsync(host, HttpMethod.Get, $"/api/keys/{id}/uses", token)).Json.GetProperty("uses").EnumerateArray()
            .Select(use => (use.GetProperty("route").GetString(), use.GetProperty("ip_address").GetString())).ToList();
        Assert.Equal([($"introspection by {TestDocument.Api}", "203.0.113.7"), ("GET /api/me", "127.0.0.1")], uses);
        Assert.Equal(clock.GetUtcNow(), await host.InStoreAsync(db => db.Set<ApiKey>().Where(k => k.Id == id).Select(k => k.LastUsedAt).SingleAsync()));
        Assert.Equal(HttpStatusCode.BadRequest, (await KeyBench.SendAsync(host, HttpMethod.Get, $"/api/keys/{id}/uses?limit=201", token)).Status);
    }

    [Fact]
    public async Task Its_owner_is_told_once_before_it_ends_and_what_is_over_is_removed()
    {
        await KeyBench.MakeAsync(host, token, new { name = "Website" });
        var job = host.Services.GetServices<IHostedService>().OfType<PruningJob>().Single();
        clock.Advance(TimeSpan.FromDays(75));
        await job.RunOnceAsync(CancellationToken.None);
        Assert.DoesNotContain(await host.MailsAsync("ada@example.test"), mail => mail.Subject!.Contains("ends on", StringComparison.Ordinal));
        clock.Advance(TimeSpan.FromDays(2));
        await job.RunOnceAsync(CancellationToken.None);
        await job.RunOnceAsync(CancellationToken.None);
        Assert.Single(await host.MailsAsync("ada@example.test"), mail => mail.Subject!.Contains("Website", StringComparison.Ordinal));
        clock.Advance(TimeSpan.FromDays(50));
        await job.RunOnceAsync(CancellationToken.None);
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<ApiKey>().CountAsync()));
    }

    private Task<Guid> UserIdAsync(string username) => host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == username).Select(u => u.Id).SingleAsync());
}
