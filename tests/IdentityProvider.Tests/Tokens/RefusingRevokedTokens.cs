using System.Net;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

public sealed class RefusingRevokedTokens : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FreshDatabase database = FreshDatabase.Of(DatabaseProvider.Sqlite);
    private IdpHost first = null!, second = null!;

    public async Task InitializeAsync()
    {
        var setup = new IdpSetup
        {
            Clock = clock,
            Database = database.Options,
            Issuer = new Uri($"http://localhost:{IdpHost.FreePort()}"),
            Settings = { ["Tokens:RevocationsSeenWithin"] = "00:00:00.5" },
        };
        first = await IdpHost.StartAsync(setup);
        second = await IdpHost.StartAsync(setup with { Port = IdpHost.FreePort() });
    }

    public async Task DisposeAsync()
    {
        await second.DisposeAsync();
        await first.DisposeAsync();
        await database.DisposeAsync();
    }

    private static async Task<bool> IsTakenAsync(IdpHost node, string accessToken)
    {
        var me = (await new RelyingParty(node, "trusted").GetAsync("/connect/userinfo", accessToken)).Status == HttpStatusCode.OK;
        var told = (await new RelyingParty(node, TestDocument.Api).PostAsync("/connect/introspect", ("token", accessToken)))["active"] == "True";
        Assert.Equal(me, told);
        return me;
    }

    private async Task AssertSeenAsync(string accessToken, Func<RelyingParty, Task> revoke)
    {
        Assert.True(await IsTakenAsync(first, accessToken) && await IsTakenAsync(second, accessToken));
        await revoke(new RelyingParty(first, "trusted"));
        clock.Advance(TimeSpan.FromMilliseconds(501));
        Assert.False(await IsTakenAsync(second, accessToken));
        Assert.False(await IsTakenAsync(first, accessToken));
    }

    [Fact]
    public async Task The_node_that_revokes_refuses_at_once_and_the_other_within_half_a_second()
    {
        using var browser = new Browser(first);
        var client = new RelyingParty(first, "trusted");
        var tokens = await client.TokensAsync(browser, "openid notes:read offline_access");
        await AssertSeenAsync(tokens["access_token"]!, c => c.PostAsync("/connect/revoke", ("token", tokens["access_token"])));

        // Only that one was revoked; a refresh token takes its whole family with it.
        tokens = await client.RefreshAsync(tokens["refresh_token"]!);
        Assert.True(await IsTakenAsync(first, tokens["access_token"]!));
        await client.PostAsync("/connect/revoke", ("token", tokens["refresh_token"]));
        Assert.False(await IsTakenAsync(first, tokens["access_token"]!));
    }

    [Fact]
    public async Task Signing_out_and_disabling_end_access_tokens_on_every_node()
    {
        using var browser = new Browser(first);
        var tokens = await new RelyingParty(first, "trusted").TokensAsync(browser, "openid notes:read");
        await AssertSeenAsync(tokens["access_token"]!, _ => browser.OpenAsync($"/connect/endsession?id_token_hint={tokens["id_token"]}"));

        using var other = new Browser(first);
        var graces = await new RelyingParty(first, "trusted").TokensAsync(other, "openid notes:read", "grace");
        await AssertSeenAsync(graces["access_token"]!, _ => first.InStoreAsync(db =>
            db.Set<User>().Where(u => u.UserName == "grace").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, clock.GetUtcNow()))));
    }

    [Fact]
    public async Task A_client_that_is_gone_takes_its_tokens_with_it()
    {
        var worker = new RelyingParty(first, "worker");
        var token = (await worker.TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read")))["access_token"]!;
        Task<Answer> AskAsync() => new RelyingParty(second, TestDocument.Api).PostAsync("/connect/introspect", ("token", token));
        Assert.Equal("True", (await AskAsync())["active"]);
        await first.InStoreAsync(db => db.Set<IdentityProvider.Clients.Client>().Where(c => c.ClientId == "worker").ExecuteDeleteAsync());
        clock.Advance(TimeSpan.FromMilliseconds(1001));
        Assert.Equal("False", (await AskAsync())["active"]);
    }
}
