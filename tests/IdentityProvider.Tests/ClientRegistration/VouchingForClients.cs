using System.Net;
using IdentityProvider.Clients;
using IdentityProvider.Tests.Admin;
using IdentityProvider.Tests.ApiKeys;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.ClientRegistration;

/// <summary>The whole way over HTTP: an administrator makes a token, whoever has it brings a client, and the client looks after itself.</summary>
public sealed class VouchingForClients : IAsyncLifetime
{
    private static readonly object Shop = new { redirect_uris = new[] { TestDocument.Callback }, client_name = "Shop" };

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;
    private string ada = "";

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document("clients:manage", "clients:read"), Settings = { ["ClientRegistration:Enabled"] = "true" } });
        bench = new RightsBench(host, clock);
        ada = await bench.TokenAsync("ada");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_token_brings_as_many_clients_as_it_says_and_each_reads_changes_and_removes_itself()
    {
        var (id, token) = await MakeAsync(new { name = "For the shop", uses = 2 });
        var first = await SendAsync(HttpMethod.Post, "/connect/register", token, Shop);
        var second = await SendAsync(HttpMethod.Post, "/connect/register", token, Shop);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.Status, second.Status));
        Assert.Equal("invalid_token", (await SendAsync(HttpMethod.Post, "/connect/register", token, Shop)).Error);
        var listed = (await bench.SendAsync(HttpMethod.Get, "registration-tokens", ada)).Body.GetProperty("tokens").EnumerateArray().Single(row => row.GetProperty("id").GetGuid() == id);
        Assert.Equal(0, listed.GetProperty("uses_left").GetInt32());
        Assert.DoesNotContain(token, listed.ToString(), StringComparison.Ordinal);

        var own = new Uri(first["registration_client_uri"]!).PathAndQuery;
        var read = await SendAsync(HttpMethod.Get, own, first["registration_access_token"]);
        Assert.Equal((HttpStatusCode.OK, "Shop", first["client_id"]), (read.Status, read["client_name"], read["client_id"]));

        // Neither the token of the other client nor the one that brought both.
        foreach (var foreign in new[] { second["registration_access_token"], token })
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete })
                Assert.Equal("invalid_token", (await SendAsync(method, own, foreign, method == HttpMethod.Put ? Shop : null)).Error);
        var changed = await SendAsync(HttpMethod.Put, own, first["registration_access_token"], new { client_id = first["client_id"], client_name = "Corner Shop", redirect_uris = new[] { TestDocument.Callback } });
        Assert.Equal((HttpStatusCode.OK, "Corner Shop"), (changed.Status, changed["client_name"]));
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Get, $"clients/{first["client_id"]}", ada)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, own, changed["registration_access_token"])).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Get, $"clients/{first["client_id"]}", ada)).Status);
        Assert.True(await host.InStoreAsync(db => db.Set<Client>().AnyAsync(client => client.ClientId == second["client_id"])));
    }

    [Fact]
    public async Task One_that_ended_or_was_taken_back_brings_none()
    {
        var (_, old) = await MakeAsync(new { name = "Soon over", expires_in = 60 });
        var (id, revoked) = await MakeAsync(new { name = "Lost", uses = 5 });
        var made = await SendAsync(HttpMethod.Post, "/connect/register", revoked, Shop);
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, $"registration-tokens/{id}", ada)).Status);
        clock.Advance(TimeSpan.FromSeconds(61));
        foreach (var token in new[] { old, revoked })
            Assert.Equal("invalid_token", (await SendAsync(HttpMethod.Post, "/connect/register", token, Shop)).Error);

        // What it brought stays.
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, new Uri(made["registration_client_uri"]!).PathAndQuery, made["registration_access_token"])).Status);
    }

    private async Task<(Guid Id, string Token)> MakeAsync(object body)
    {
        var (status, made, _) = await bench.SendAsync(HttpMethod.Post, "registration-tokens", ada, body);
        Assert.Equal(HttpStatusCode.Created, status);
        return (made.GetProperty("id").GetGuid(), made.GetProperty("token").GetString()!);
    }

    private Task<Answer> SendAsync(HttpMethod method, string path, string? token, object? body = null) => KeyBench.SendAsync(host, method, path, token, body);
}
