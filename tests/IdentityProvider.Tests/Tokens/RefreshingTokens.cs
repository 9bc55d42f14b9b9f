using System.Net;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Tests.Tokens;

public sealed class RefreshingTokens : IAsyncLifetime
{
    private const string Scope = "openid offline_access notes:read notes:write";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<Answer> SignedInAsync(RelyingParty client)
    {
        using var browser = new Browser(host);
        return await client.TokensAsync(browser, Scope);
    }

    private static Task<int> LiveAsync(IdpHost host) => host.InStoreAsync(db => db.Set<Token>().CountAsync(t => t.Type == TokenTypeIdentifiers.RefreshToken && t.Status == Statuses.Valid));

    [Fact]
    public async Task An_answer_that_was_lost_is_given_again_within_the_grace()
    {
        var client = new RelyingParty(host, "trusted");
        var first = await SignedInAsync(client);
        var second = await client.RefreshAsync(first["refresh_token"]!);
        clock.Advance(TimeSpan.FromSeconds(9));
        var again = await client.RefreshAsync(first["refresh_token"]!);
        Assert.Equal((HttpStatusCode.OK, second["refresh_token"]), (again.Status, again["refresh_token"]));
        Assert.NotEqual(second["access_token"], again["access_token"]);
        Assert.Equal(1, await LiveAsync(host));

        // When its owner has gone on already, the answer is the token that lives now.
        var third = await client.RefreshAsync(second["refresh_token"]!);
        Assert.Equal(third["refresh_token"], (await client.RefreshAsync(first["refresh_token"]!))["refresh_token"]);
        Assert.Equal(1, await LiveAsync(host));
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(third["refresh_token"]!)).Status);
    }

    [Fact]
    public async Task After_the_grace_the_whole_family_dies()
    {
        var client = new RelyingParty(host, "trusted");
        var first = await SignedInAsync(client);
        var second = await client.RefreshAsync(first["refresh_token"]!);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("invalid_grant", (await client.RefreshAsync(first["refresh_token"]!)).Error);
        Assert.Equal("invalid_grant", (await client.RefreshAsync(second["refresh_token"]!)).Error);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/connect/userinfo", second["access_token"]!)).Status);
        Assert.Equal(0, await LiveAsync(host));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Sixteen_at_once_on_two_nodes_get_one_successor(DatabaseProvider provider)
    {
        // Time stands still: however slow the machine is, all of them are within the grace.
        await using var nodes = await TwoNodes.StartAsync(provider, clock: clock);
        using var browser = new Browser(nodes.First);
        var token = (await new RelyingParty(nodes.First, "trusted").TokensAsync(browser, Scope))["refresh_token"]!;
        foreach (var both in new[] { false, true, true })
        {
            var answers = await nodes.RaceAsync(node => new RelyingParty(node, "trusted").RefreshAsync(token), both);
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
            var next = Assert.Single(answers.Select(answer => answer["refresh_token"]!).Distinct());
            Assert.NotEqual(token, next);
            Assert.Equal(1, await LiveAsync(nodes.First));
            token = next;
        }
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_code_redeemed_many_times_at_once_leaves_nothing_alive(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider);
        using var browser = new Browser(nodes.First);
        var client = new RelyingParty(nodes.First, "trusted");
        var code = (await client.SignInAsync(browser, Scope)).Query("code");
        var answers = await nodes.RaceAsync(node => new RelyingParty(node, "trusted") { Verifier = client.Verifier }.RedeemAsync(code));
        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.OK), 0, 1);
        Assert.Equal(0, await LiveAsync(nodes.First));
        foreach (var winner in answers.Where(answer => answer.Status == HttpStatusCode.OK))
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/connect/userinfo", winner["access_token"]!)).Status);
    }

    [Fact]
    public async Task Unused_it_dies_and_used_it_dies_at_the_absolute_limit()
    {
        var client = new RelyingParty(host, "trusted");
        var idle = await SignedInAsync(client);
        var used = (await SignedInAsync(client))["refresh_token"]!;
        for (var day = 0; day < 90; day += 6)
        {
            clock.Advance(TimeSpan.FromDays(6) - TimeSpan.FromMinutes(1));
            used = (await client.RefreshAsync(used))["refresh_token"]!;
        }

        Assert.Equal("invalid_grant", (await client.RefreshAsync(idle["refresh_token"]!)).Error);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("invalid_grant", (await client.RefreshAsync(used)).Error);
    }

    [Fact]
    public async Task It_belongs_to_one_client()
    {
        var first = await SignedInAsync(new RelyingParty(host, "trusted"));
        Assert.Equal("invalid_grant", (await new RelyingParty(host, "spa").RefreshAsync(first["refresh_token"]!)).Error);
    }

    [Fact]
    public async Task Scope_shrinks_for_one_answer_and_never_grows()
    {
        var client = new RelyingParty(host, "trusted");
        var first = await SignedInAsync(client);
        var less = await client.RefreshAsync(first["refresh_token"]!, ("scope", "notes:read"));
        Assert.Equal("notes:read", RelyingParty.Claims(less["access_token"]!).GetProperty("scope").GetString());
        var whole = await client.RefreshAsync(less["refresh_token"]!);
        Assert.Contains("notes:write", RelyingParty.Claims(whole["access_token"]!).GetProperty("scope").GetString(), StringComparison.Ordinal);
        Assert.Equal("invalid_scope", (await client.RefreshAsync(whole["refresh_token"]!, ("scope", "notes:read photos:read"))).Error);
    }
}
