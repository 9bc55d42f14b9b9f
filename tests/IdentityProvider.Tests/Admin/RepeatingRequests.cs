using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>A POST under an Idempotency-Key.</summary>
public sealed class RepeatingRequests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    private sealed record Reply(HttpStatusCode Status, string Body, string? Tag, string? Location, bool Replayed);

    [Fact]
    public async Task The_same_request_again_gets_the_first_answer_for_a_day()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document("clients:manage", "clients:read") });
        var bench = new RightsBench(host, clock);
        var token = await bench.TokenAsync("ada");
        var client = new { client_id = "made", client_name = "Made once", grant_types = new[] { "client_credentials" } };
        var first = await PostAsync(host, token, "clients", "k1", client);
        Assert.Equal((HttpStatusCode.Created, "/api/admin/v1/clients/made", false), (first.Status, first.Location, first.Replayed));
        Assert.Contains("\"client_secret\":\"", first.Body, StringComparison.Ordinal);
        Assert.Equal(first with { Replayed = true }, await PostAsync(host, token, "clients", "\"k1\"", client));

        // In the database it says nothing to who reads it.
        Assert.DoesNotContain("secret", await host.InStoreAsync(db => db.Set<IdempotentRequest>().Select(request => request.ProtectedAnswer!).SingleAsync()), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(host, token, "clients", "k1", new { client_id = "other" })).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(host, token, "roles", "k1", client)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(host, token, "clients", "k2", client)).Status);

        // The key of somebody else is another one.
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(host, await bench.TokenAsync("otto"), "clients", "k1", client)).Status);
        clock.Advance(Idempotency.Kept);
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(host, await bench.TokenAsync("ada"), "clients", "k1", client)).Status);
    }

    [Fact]
    public async Task What_was_refused_frees_its_key_and_who_may_no_more_gets_no_old_answer()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document() });
        var bench = new RightsBench(host, clock);
        var token = await bench.TokenAsync("deputy");
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(host, token, "roles", "k", new { name = "" })).Status);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(host, token, "roles", "k", new { name = "new" })).Status);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(host, token, "roles", "k", new { name = "new" })).Status);
        foreach (var wrong in new[] { "\"\"", new string('x', 256), "a\tb" })
            Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(host, token, "roles", wrong, new { name = "more" })).Status);
        await host.InStoreAsync(db => db.Set<UserRole>().ExecuteDeleteAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(host, token, "roles", "k", new { name = "new" })).Status);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Of_sixteen_at_once_one_is_done(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider, RightsBench.Document(), clock);
        var token = await new RightsBench(nodes.First, clock).TokenAsync("ada");
        var replies = await Task.WhenAll(Enumerable.Range(0, TwoNodes.Parallel).Select(i => Task.Run(() => PostAsync(i % 2 == 0 ? nodes.First : nodes.Second, token, "roles", "once", new { name = "one" }))));
        Assert.Single(replies, reply => reply is { Status: HttpStatusCode.Created, Replayed: false });
        Assert.All(replies, reply => Assert.True(reply.Status == HttpStatusCode.Created || reply.Body.Contains("idempotency_key_in_use", StringComparison.Ordinal), reply.Body));
        Assert.Equal(1, await nodes.First.InStoreAsync(db => db.Set<Role>().CountAsync(role => role.Name == "one")));
    }

    private static async Task<Reply> PostAsync(IdpHost host, string token, string path, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/admin/v1/{path}") { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TryAddWithoutValidation(Idempotency.Header, key);
        using var response = await host.Http.SendAsync(request);
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.ETag?.ToString(), response.Headers.Location?.OriginalString, response.Headers.Contains("Idempotency-Replayed"));
    }
}
