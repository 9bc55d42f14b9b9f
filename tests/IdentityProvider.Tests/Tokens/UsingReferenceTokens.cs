using System.Net;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>Access tokens of clients that are registered for references.</summary>
public sealed class UsingReferenceTokens : IAsyncLifetime
{
    private const string Scope = "openid profile offline_access notes:read";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private TwoNodes nodes = null!;
    private Browser browser = null!;
    private RelyingParty client = null!;

    public async Task InitializeAsync()
    {
        var document = Documents.Setting(Documents.Setting(TestDocument.Json, "trusted", ("access_token_format", "reference")), "worker", ("access_token_format", "reference"));
        nodes = await TwoNodes.StartAsync(DatabaseProvider.Sqlite, document, clock);
        (browser, client) = (new Browser(nodes.First), new RelyingParty(nodes.First, "trusted"));
    }

    public async Task DisposeAsync()
    {
        browser.Dispose();
        await nodes.DisposeAsync();
    }

    private static async Task<bool> IsTakenAsync(IdpHost node, string token)
    {
        var active = (await new RelyingParty(node, TestDocument.Api).PostAsync("/connect/introspect", ("token", token)))["active"] == "True";
        Assert.Equal(active, (await new RelyingParty(node, "trusted").GetAsync("/connect/userinfo", token)).Status == HttpStatusCode.OK);
        return active;
    }

    private async Task AssertDiesAsync(string token)
    {
        Assert.False(await IsTakenAsync(nodes.First, token));
        Assert.False(await IsTakenAsync(nodes.Second, token));
    }

    [Fact]
    public async Task They_mean_nothing_outside_and_everything_to_both_nodes()
    {
        var tokens = await client.TokensAsync(browser, Scope);
        var token = tokens["access_token"]!;
        Assert.Equal((43, 900), (token.Length, tokens.Json.GetProperty("expires_in").GetInt32()));
        Assert.DoesNotContain('.', token);
        Assert.True(await IsTakenAsync(nodes.First, token));
        Assert.True(await IsTakenAsync(nodes.Second, token));

        var told = await new RelyingParty(nodes.Second, TestDocument.Api).PostAsync("/connect/introspect", ("token", token));
        Assert.Equal(("trusted", "openid profile offline_access notes:read", nodes.First.Issuer.ToString().TrimEnd('/')), (told["client_id"], told["scope"], told["iss"]));
        Assert.DoesNotContain(told.Json.EnumerateObject(), p => p.Name.StartsWith("oi_", StringComparison.Ordinal));
        clock.Advance(TimeSpan.FromSeconds(901));
        await AssertDiesAsync(token);
    }

    [Fact]
    public async Task Who_reads_the_database_has_nothing_to_send()
    {
        var token = (await client.TokensAsync(browser, Scope))["access_token"]!;
        var row = await nodes.First.InStoreAsync(db => db.Set<Token>().AsNoTracking().SingleAsync(t => t.Type == "urn:ietf:params:oauth:token-type:access_token"));
        Assert.DoesNotContain(token, row.ReferenceId, StringComparison.Ordinal);
        Assert.Equal("A256KW", RelyingParty.Header(row.Payload!).GetProperty("alg").GetString());
        foreach (var stolen in new[] { row.ReferenceId!, row.Payload!, row.Id.ToString() })
            Assert.False(await IsTakenAsync(nodes.First, stolen));
    }

    [Fact]
    public async Task They_end_by_themselves_with_their_grant_and_with_their_session()
    {
        var first = await client.TokensAsync(browser, Scope);
        var renewed = await client.RefreshAsync(first["refresh_token"]!);
        await client.PostAsync("/connect/revoke", ("token", first["access_token"]));
        await AssertDiesAsync(first["access_token"]!);
        Assert.True(await IsTakenAsync(nodes.Second, renewed["access_token"]!));
        await client.PostAsync("/connect/revoke", ("token", renewed["refresh_token"]));
        await AssertDiesAsync(renewed["access_token"]!);

        var last = await client.TokensAsync(browser, Scope);
        await browser.OpenAsync($"/connect/endsession?id_token_hint={last["id_token"]}");
        await AssertDiesAsync(last["access_token"]!);
        Assert.False(await nodes.First.InStoreAsync(db => db.Set<Session>().AnyAsync()));
    }

    [Fact]
    public async Task Our_own_API_takes_those_for_this_server_until_they_end()
    {
        var there = new RelyingParty(nodes.Second, "trusted");
        async Task<HttpStatusCode> AskAsync(string token) => (await there.GetAsync("/api/me", token)).Status;
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync((await client.TokensAsync(browser, Scope))["access_token"]!));
        var own = (await client.TokensAsync(browser, "openid profile"))["access_token"]!;
        Assert.Equal(HttpStatusCode.OK, await AskAsync(own));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(own[..^1]));
        await client.PostAsync("/connect/revoke", ("token", own));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(own));

        own = (await client.TokensAsync(browser, "openid profile"))["access_token"]!;
        clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(own));
    }

    [Fact]
    public async Task A_service_s_reference_works_and_is_revoked()
    {
        var worker = new RelyingParty(nodes.First, "worker");
        var token = (await worker.TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read")))["access_token"];
        Task<Answer> AskAsync() => new RelyingParty(nodes.Second, TestDocument.Api).PostAsync("/connect/introspect", ("token", token));
        Assert.Equal("worker", (await AskAsync())["client_id"]);
        await worker.PostAsync("/connect/revoke", ("token", token));
        Assert.Equal("False", (await AskAsync())["active"]);
    }
}
