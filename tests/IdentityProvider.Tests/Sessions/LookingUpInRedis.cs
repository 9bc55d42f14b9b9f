using System.Net;
using IdentityProvider.Platform.Redis;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Xunit;

namespace IdentityProvider.Tests.Sessions;

/// <summary>What is in Redis, for how long, and what happens without it.</summary>
public sealed class LookingUpInRedis
{
    private static async Task<Browser> SignedInAsync(IdpHost host)
    {
        var browser = new Browser(host);
        await new RelyingParty(host, "trusted").SignInAsync(browser);
        return browser;
    }

    private static async Task<HttpResponseMessage> AskAsync(IdpHost host, Browser browser)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new RelyingParty(host, "trusted").AuthorizeUrl("openid", ("prompt", "none")));
        request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(host.Issuer));
        return await host.Http.SendAsync(request);
    }

    private static List<RedisKey> Keys(IdpHost host, string kind)
    {
        var redis = host.Services.GetRequiredService<RedisServer>();
        var connection = redis.Database.Multiplexer;
        return [.. connection.GetServer(connection.GetEndPoints().Single()).Keys(pattern: redis.Key(kind) + "*", pageSize: 1000)];
    }

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData(" ", "is missing")]
    [InlineData("ssl=true,password=hunter2", "names no server")]
    [InlineData("redis:6379,hunter2=true", "cannot be read")]
    public void A_configuration_that_cannot_work_stops_the_start_without_being_shown(string? configuration, string says)
    {
        var result = Check(configuration, "Development");
        Assert.True(result.Failed);
        Assert.Contains(says, result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis.example.com:6380,ssl=true,user=idp,password=hunter2", null)]
    [InlineData("localhost:6379", null)]
    [InlineData("127.0.0.1:6379,[::1]:6380", null)]
    [InlineData("!/run/redis.sock", null)]
    [InlineData("redis.example.com:6379,password=hunter2", "ssl=true")]
    [InlineData("10.0.0.7:6379,ssl=true", "password")]
    [InlineData("localhost:6379,redis:6379,password=hunter2", "ssl=true")]
    public void Outside_Development_a_Redis_on_another_machine_is_reached_by_TLS_and_with_a_password(string configuration, string? says)
    {
        Assert.True(Check(configuration, "Development").Succeeded);
        var result = Check(configuration, "Production");
        Assert.Equal(says is null, result.Succeeded);
        Assert.Contains(says ?? "", result.FailureMessage ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.FailureMessage ?? "", StringComparison.Ordinal);
    }

    private static ValidateOptionsResult Check(string? configuration, string environment) =>
        new RedisRules(new HostingEnvironment { EnvironmentName = environment }).Validate(null, new RedisOptions { Configuration = configuration, Sessions = true });

    [RedisFact]
    public async Task Keys_expire_with_the_session_and_go_when_it_ends()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = TestRedis.Settings() });
        using var browser = await SignedInAsync(host);
        var redis = host.Services.GetRequiredService<RedisServer>().Database;
        foreach (var kind in new[] { "session:", "session-id:" })
        {
            var key = Assert.Single(Keys(host, kind));
            Assert.InRange((await redis.KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(60));
        }

        var kept = (string?)await redis.StringGetAsync(Keys(host, "session:").Single());
        var cookie = browser.Cookies.GetCookies(host.Issuer)["session"]!.Value;
        Assert.DoesNotContain(cookie, kept, StringComparison.Ordinal);
        await browser.OpenAsync("/signout");
        await browser.SubmitAsync("Sign out");
        Assert.Empty(Keys(host, "session:"));
        Assert.Empty(Keys(host, "session-id:"));
        Assert.InRange((await redis.KeyTimeToLiveAsync(Assert.Single(Keys(host, "session-ended:"))))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60));
    }

    [RedisFact]
    public async Task The_key_ring_is_there_encrypted_and_shared_by_both_nodes()
    {
        var settings = TestRedis.Settings();
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = settings });
        using var browser = await SignedInAsync(host);
        var redis = host.Services.GetRequiredService<RedisServer>();
        var key = (string?)Assert.Single(redis.Database.ListRange(redis.Key("key-ring")));
        Assert.Contains("<sealed", key, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", key, StringComparison.Ordinal);
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<RingKey>().CountAsync()));

        // Another process reads the same ring and makes none of its own.
        await using var second = await IdpHost.StartAsync(new IdpSetup { Settings = settings, Issuer = host.Issuer, Port = IdpHost.FreePort() });
        using var form = await second.Http.GetAsync(new Uri("/device", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, form.StatusCode);
        Assert.Single(redis.Database.ListRange(redis.Key("key-ring")));
    }

    [RedisFact]
    public async Task A_server_that_starts_without_it_says_so_and_recovers_by_itself()
    {
        using var line = new CuttableLine(TestRedis.Address!);
        line.Cut();
        var log = new FakeLogCollector();
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = TestRedis.Settings(line.Address), Log = new FakeLoggerProvider(log) });
        Assert.Contains(log.GetSnapshot(), record => record.Message.StartsWith("Redis does not answer", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync(new Uri("/.well-known/jwks", UriKind.Relative))).StatusCode);

        line.Mend();
        await Eventually.HoldsAsync(async () =>
        {
            using var browser = new Browser(host);
            return (await browser.OpenAsync("/account")).Status == HttpStatusCode.OK && (await browser.OpenAccountAsync("/account")).Url.AbsolutePath == "/account";
        });
    }

    [RedisFact]
    public async Task Without_redis_nobody_is_taken_for_signed_in_and_nothing_is_ended_by_halves()
    {
        using var line = new CuttableLine(TestRedis.Address!);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = TestRedis.Settings(line.Address) });
        using var browser = await SignedInAsync(host);
        var client = new RelyingParty(host, "trusted");
        var tokens = await client.TokensAsync(browser, "openid profile offline_access");
        using var waiting = new Browser(host);
        await waiting.OpenAsync("/account/sessions");
        Assert.Equal(HttpStatusCode.Found, (await AskAsync(host, browser)).StatusCode);

        line.Cut();
        var refused = await AskAsync(host, browser);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "5"), (refused.StatusCode, refused.Headers.GetValues("Retry-After").Single()));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await browser.OpenAsync("/account/sessions")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await waiting.SubmitAsync("Sign in", ("username", "grace"), ("password", TestDocument.Password))).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);
        Assert.Null((await client.RefreshAsync(tokens["refresh_token"]!)).Error);

        // The end of a session that Redis has not heard of has not happened.
        var ada = await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").Select(u => u.Id).SingleAsync());
        await using (var scope = host.Services.CreateAsyncScope())
            await Assert.ThrowsAnyAsync<RedisException>(() => scope.ServiceProvider.GetRequiredService<SessionStore>().EndAllAsync(ada, null, "revoked", CancellationToken.None));
        Assert.Equal(1, await host.InStoreAsync(db => db.Set<Session>().CountAsync(s => s.UserId == ada)));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);

        line.Mend();
        await Eventually.HoldsAsync(async () => (await AskAsync(host, browser)).StatusCode == HttpStatusCode.Found);
        await browser.OpenAsync("/signout");
        await browser.SubmitAsync("Sign out");
        Assert.Contains("login_required", (await AskAsync(host, browser)).Headers.Location!.Query, StringComparison.Ordinal);
    }
}
