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

/// <summary>One person and one client have so many families of refresh tokens, and the oldest gives way.</summary>
public sealed class LimitingFamilies
{
    private const string Scope = "openid offline_access notes:read", Limit = "Tokens:RefreshTokenFamiliesPerUserAndClient";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    private static Task<int> AliveAsync(IdpHost host) =>
        host.InStoreAsync(db => db.Set<Grant>().CountAsync(g => g.Status == Statuses.Valid && g.Tokens.Any(t => t.Type == TokenTypeIdentifiers.RefreshToken && t.Status == Statuses.Valid)));

    [Fact]
    public async Task The_oldest_gives_way_of_this_person_and_this_client_only()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = { [Limit] = "3" } });
        using var browser = new Browser(host);
        using var elsewhere = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var grace = await client.TokensAsync(elsewhere, Scope, "grace");
        var spa = await new RelyingParty(host, "spa").TokensAsync(browser, Scope);
        var tokens = new List<Answer>();
        for (var family = 0; family < 5; family++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            tokens.Add(await client.TokensAsync(browser, Scope));

            // Without a refresh token it is no family.
            Assert.Null((await client.TokensAsync(browser, "openid")).Error);
        }

        foreach (var gone in tokens[..2])
        {
            Assert.Equal("invalid_grant", (await client.RefreshAsync(gone["refresh_token"]!)).Error);
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/connect/userinfo", gone["access_token"]!)).Status);
        }

        foreach (var alive in tokens[2..])
        {
            // A family that goes on does not push another out.
            var next = await client.RefreshAsync(alive["refresh_token"]!);
            Assert.Null((await client.RefreshAsync(next["refresh_token"]!)).Error);
        }

        Assert.Null((await client.RefreshAsync(grace["refresh_token"]!)).Error);
        Assert.Null((await new RelyingParty(host, "spa").RefreshAsync(spa["refresh_token"]!)).Error);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Sixteen_that_begin_at_once_on_two_nodes_leave_no_more_than_the_limit(DatabaseProvider provider)
    {
        var limit = new Dictionary<string, string> { [Limit] = "4" };
        await using var nodes = await TwoNodes.StartAsync(provider, clock: clock, settings: limit);
        using var browser = new Browser(nodes.First);
        var client = new RelyingParty(nodes.First, "trusted");
        var codes = new Queue<string>();
        for (var i = 0; i < TwoNodes.Parallel; i++)
            codes.Enqueue((await client.SignInAsync(browser, Scope)).Query("code"));
        var answers = await nodes.RaceAsync(node =>
        {
            string code;
            lock (codes)
                code = codes.Dequeue();
            return new RelyingParty(node, "trusted") { Verifier = client.Verifier }.RedeemAsync(code);
        });
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.InRange(await AliveAsync(nodes.First), 1, 4);
    }
}
