using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using IdentityProvider.Email;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Platform.Health;

public sealed class AskingForHealth
{
    [Fact]
    public async Task A_node_says_of_each_part_how_it_is()
    {
        await using var host = await IdpHost.StartAsync();
        var (status, json) = await host.AskReadyAsync();
        Assert.Equal((HttpStatusCode.OK, "healthy"), (status, json.GetProperty("status").GetString()));
        Assert.Equal(["database", "key_ring", "mail", "signing_keys"], json.GetProperty("parts").EnumerateObject().Select(p => p.Name));
        Assert.All(json.GetProperty("parts").EnumerateObject(), part => Assert.Equal(["status", "duration_ms"], part.Value.EnumerateObject().Select(p => p.Name)));
        Assert.InRange(json.GetProperty("duration_ms").GetInt64(), 0, 3000);

        using var live = await host.Http.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.Equal("""{"status":"healthy"}""", await live.Content.ReadAsStringAsync());
    }

    /// <summary>A balancer calls a node by its address, over http, with whatever a browser of somebody left in it.</summary>
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Nothing_stands_between_a_prober_and_the_answer(string path)
    {
        await using var host = await IdpHost.StartAsync();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var request = new HttpRequestMessage(method, path) { Headers = { Host = "10.0.0.7" } };
            request.Headers.Add("Cookie", "session=made-up; csrf=made-up");
            using var answer = await host.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
            Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
            Assert.DoesNotContain("Set-Cookie", answer.Headers.Select(h => h.Key));
            Assert.DoesNotContain("Server", answer.Headers.Select(h => h.Key));
            Assert.Equal(method == HttpMethod.Head, (await answer.Content.ReadAsStringAsync()).Length == 0);
        }

        using var post = await host.Http.PostAsync(new Uri(path, UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.Equal(["GET", "HEAD"], post.Content.Headers.Allow);
    }

    [Fact]
    public async Task Below_an_issuer_with_a_path_it_answers_at_both_places()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Issuer = new Uri($"http://localhost:{IdpHost.FreePort()}/id") });
        foreach (var path in new[] { "/health/ready", "/id/health/ready", "/health/live", "/id/health/live" })
        {
            using var answer = await host.Http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    /// <summary>A thousand questions are a handful of looks: nobody loads the database with them.</summary>
    [Fact]
    public async Task Many_questions_are_few_looks()
    {
        var looks = new CommandCount("__EFMigrationsHistory");
        await using var host = await IdpHost.StartAsync(new IdpSetup { Services = services => services.ConfigureDbContext<Store>(builder => builder.AddInterceptors(looks)) });
        await host.AskReadyAsync();
        looks.Take();
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < 10; round++)
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => host.AskReadyAsync()));
        Assert.InRange(looks.Take(), 0, (int)watch.Elapsed.TotalSeconds + 1);
    }

    [Fact]
    public async Task A_schema_that_is_behind_and_keys_that_are_gone_are_not_ready()
    {
        var log = new FakeLogCollector();
        await using var host = await IdpHost.StartAsync(new IdpSetup { Log = new FakeLoggerProvider(log) });
        await host.InStoreAsync(db => db.Database.ExecuteSqlRawAsync("DELETE FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = (SELECT MAX(\"MigrationId\") FROM \"__EFMigrationsHistory\")"));
        host.Services.GetRequiredService<SigningKeyRing>().Replace([]);
        var json = await host.WaitForReadyAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("unhealthy", json.GetProperty("status").GetString());
        Assert.Equal("schema_behind", json.Reason("database"));
        Assert.Equal("no_key", json.Reason("signing_keys"));
        Assert.Null(json.Reason("key_ring"));

        // Said once, not at each question.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.AskReadyAsync()));
        Assert.Single(log.GetSnapshot(), record => record.Message.StartsWith("Health:", StringComparison.Ordinal));
    }

    /// <summary>Nothing a node needs another one for: it goes on serving.</summary>
    [Fact]
    public async Task Mails_that_do_not_leave_and_keys_that_are_overdue_are_degraded()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-03-01T12:00:00Z", CultureInfo.InvariantCulture));
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        await host.InStoreAsync(async db =>
        {
            var now = clock.GetUtcNow().AddDays(100);
            db.Add(new Mail { Template = "welcome", ProtectedMessage = host.Services.GetRequiredService<MasterKey>().Protect([1], MailOutbox.Purpose), CreatedAt = now.AddMinutes(-16), DueAt = now.AddHours(1), ExpiresAt = now.AddHours(1) });
            return await db.SaveChangesAsync();
        });
        clock.Advance(TimeSpan.FromDays(100));
        var (status, json) = await host.AskReadyAsync();
        Assert.Equal((HttpStatusCode.OK, "degraded"), (status, json.GetProperty("status").GetString()));
        Assert.Equal("old_mails", json.Reason("mail"));
        Assert.Equal("rotation_overdue", json.Reason("signing_keys"));
    }

    [Fact]
    public async Task A_key_ring_of_another_master_key_is_not_ready()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Services = services => services.AddSingleton<IDataProtectionProvider>(new BrokenRing()) });
        Assert.Equal("unusable", (await host.WaitForReadyAsync(HttpStatusCode.ServiceUnavailable)).Reason("key_ring"));
    }

    private sealed class BrokenRing : IDataProtectionProvider, IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext) => throw new CryptographicException();

        public byte[] Unprotect(byte[] protectedData) => throw new CryptographicException();
    }
}
