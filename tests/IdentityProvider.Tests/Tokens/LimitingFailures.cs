using System.Net;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

public sealed class LimitingFailures : IAsyncLifetime, IDisposable
{
    private const int Permits = 60;
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private readonly TestKey key = new("ES256");
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = Documents.With(Documents.KeyClient("keyed", key)) });

    public async Task DisposeAsync() => await host.DisposeAsync();

    public void Dispose() => key.Dispose();

    private Task<Answer> TryAsync(string client, string secret, string path = "/connect/token")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["token"] = "garbage" }),
        };
        request.Headers.Authorization = RelyingParty.Basic(client, secret);
        return new RelyingParty(host).SendAsync(request);
    }

    private static void TooMany(Answer answer)
    {
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.Status);
        Assert.InRange(answer.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 120);
        Assert.NotNull(answer.Error);
    }

    [Fact]
    public async Task After_sixty_failures_a_client_waits_even_with_the_right_secret_and_others_do_not()
    {
        for (var i = 0; i < Permits; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync("worker", $"wrong{i}")).Status);

        TooMany(await TryAsync("worker", "wrong"));
        var right = await TryAsync("worker", TestDocument.Secret);
        TooMany(right);
        TooMany(await TryAsync("worker", TestDocument.Secret, "/connect/introspect"));
        Assert.Equal(HttpStatusCode.OK, (await TryAsync(TestDocument.Api, TestDocument.Secret, "/connect/introspect")).Status);

        clock.Advance(right.Response.Headers.RetryAfter!.Delta!.Value);
        Assert.Equal(HttpStatusCode.OK, (await TryAsync("worker", TestDocument.Secret)).Status);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync("worker", "wrong")).Status);
    }

    [Fact]
    public async Task Successes_are_not_counted()
    {
        for (var i = 0; i < Permits + 5; i++)
            Assert.Equal(HttpStatusCode.OK, (await TryAsync("worker", TestDocument.Secret)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync("worker", "wrong")).Status);
    }

    [Fact]
    public async Task Assertions_are_counted_for_the_client_they_name()
    {
        using var foreign = new TestKey("ES256");
        Assertion Made(TestKey by, string audience) => new(by, "keyed", audience, clock.GetUtcNow());
        var issuer = host.Issuer.ToString().TrimEnd('/');
        for (var i = 0; i < Permits; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await Assertion.PostAsync(host, (i % 2 == 0 ? Made(foreign, issuer) : Made(key, "https://other.test")).Text)).Status);

        TooMany(await Assertion.PostAsync(host, Made(key, issuer).Text));
        Assert.Equal(HttpStatusCode.OK, (await TryAsync("worker", TestDocument.Secret)).Status);
    }

    [Fact]
    public async Task Unknown_names_are_counted_like_known_ones()
    {
        for (var i = 0; i < Permits; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync("nobody", "wrong")).Status);
        TooMany(await TryAsync("nobody", "wrong"));
    }
}
