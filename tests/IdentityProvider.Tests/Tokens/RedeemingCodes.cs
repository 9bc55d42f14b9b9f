using System.Net;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>The authorization code grant (RFC 6749 section 4.1.3): a code is worth tokens once, to whom it was given.</summary>
public sealed class RedeemingCodes(SignedInServer server) : IClassFixture<SignedInServer>
{
    private const string Scope = "openid offline_access notes:read";
    private readonly IdpHost host = server.Host;

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    private static void Refused(Answer answer, string error) => Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));

    /// <summary>Nothing that came of a code is good for anything, at any door.</summary>
    private static async Task AllIsDeadAsync(IdpHost node, RelyingParty client, Answer tokens)
    {
        Refused(await client.RefreshAsync(tokens["refresh_token"]!), "invalid_grant");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);
        Assert.Equal("False", (await new RelyingParty(node, TestDocument.Api).PostAsync("/connect/introspect", ("token", tokens["access_token"])))["active"]);
    }

    [Fact]
    public async Task A_code_is_used_once_under_16_parallel_requests()
    {
        var client = new RelyingParty(host, "trusted");
        var code = await server.CodeAsync(client, Scope);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => client.RedeemAsync(code))));
        var won = Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a != won), a => Refused(a, "invalid_grant"));
        await AllIsDeadAsync(host, client, won);
    }

    [Fact]
    public async Task A_code_that_was_made_while_its_session_ended_is_worth_nothing()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var code = (await client.SignInAsync(browser, Scope, "grace")).Query("code");

        // The row alone: as if the grant had been written right after the end, which revokes what it finds.
        await host.InStoreAsync(db => db.Set<Session>().Where(s => s.User.UserName == "grace").ExecuteDeleteAsync());
        Refused(await client.RedeemAsync(code), "invalid_grant");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task On_two_nodes_too_and_a_replay_that_races_the_first_use_ends_what_that_use_gave(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider);
        using var browser = new Browser(nodes.First);
        async Task RaceAsync(int requests)
        {
            var client = new RelyingParty(nodes.First, "trusted");
            var other = new RelyingParty(nodes.Second, "trusted") { Verifier = client.Verifier };
            var code = (await client.SignInAsync(browser, Scope)).Query("code");
            var answers = await Task.WhenAll(Enumerable.Range(0, requests).Select(i => Task.Run(() => (i % 2 == 0 ? client : other).RedeemAsync(code))));
            var won = Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
            Assert.All(answers.Where(a => a != won), a => Refused(a, "invalid_grant"));
            await AllIsDeadAsync(nodes.Second, other, won);
        }

        await RaceAsync(TwoNodes.Parallel);
        for (var round = 0; round < 5; round++)
            await RaceAsync(2);
    }

    [Fact]
    public async Task A_code_that_comes_again_ends_all_that_came_of_it()
    {
        var client = new RelyingParty(host, "trusted");
        var code = await server.CodeAsync(client, Scope);
        var tokens = await client.RedeemAsync(code);
        var renewed = await client.RefreshAsync(tokens["refresh_token"]!);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/connect/userinfo", renewed["access_token"]!)).Status);

        Refused(await client.RedeemAsync(code), "invalid_grant");
        await AllIsDeadAsync(host, client, renewed);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);
    }

    [Fact]
    public async Task Another_code_of_the_same_person_and_client_lives_on()
    {
        var client = new RelyingParty(host, "trusted");
        var (replayed, kept) = (await server.CodeAsync(client, Scope), await server.TokensAsync(client, Scope));
        await client.RedeemAsync(replayed);
        Refused(await client.RedeemAsync(replayed), "invalid_grant");
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(kept["refresh_token"]!)).Status);
    }

    [Theory]
    [InlineData("redirect_uri", "https://client.test/other?a=b")]
    [InlineData("redirect_uri", "https://client.test/callback/")]
    [InlineData("redirect_uri", null)]
    [InlineData("code_verifier", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("code_verifier", "")]
    [InlineData("code_verifier", null)]
    public async Task A_code_is_bound_to_its_redirect_uri_and_verifier_and_a_wrong_try_does_not_spend_it(string name, string? value)
    {
        var client = new RelyingParty(host);
        var code = await server.CodeAsync(client);
        var refused = await client.RedeemAsync(code, (name, value));
        Refused(refused, string.IsNullOrEmpty(value) ? "invalid_request" : "invalid_grant");
        Assert.NotEmpty(refused["error_description"]!);
        Assert.Equal(HttpStatusCode.OK, (await client.RedeemAsync(code)).Status);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("spa")]
    public async Task A_code_is_bound_to_its_client(string thief)
    {
        var client = new RelyingParty(host, "trusted");
        var code = await server.CodeAsync(client);
        Refused(await new RelyingParty(host, thief, client.RedirectUri) { Verifier = client.Verifier }.RedeemAsync(code), "invalid_grant");
        Assert.Equal(HttpStatusCode.OK, (await client.RedeemAsync(code)).Status);
    }

    [Fact]
    public async Task A_confidential_client_proves_itself_and_a_public_one_needs_no_more_than_its_verifier()
    {
        var trusted = new RelyingParty(host, "trusted");
        var code = await server.CodeAsync(trusted);
        foreach (var secret in new[] { "", "wrong" })
        {
            var answer = await trusted.RedeemAsync(code, ("client_secret", secret));
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (answer.Status, answer.Error));
        }

        Assert.Equal(HttpStatusCode.OK, (await trusted.RedeemAsync(code)).Status);
        var spa = new RelyingParty(host, "spa");
        Assert.Equal(HttpStatusCode.OK, (await server.TokensAsync(spa)).Status);
    }

    [Fact]
    public async Task What_is_no_code_is_refused()
    {
        var client = new RelyingParty(host, "trusted");
        var tokens = await server.TokensAsync(client, Scope);
        foreach (var token in new[] { "x", "a.b.c", tokens["access_token"]!, tokens["id_token"]!, tokens["refresh_token"]!, new string('A', 16 * 1024) })
            Refused(await client.RedeemAsync(token), "invalid_grant");
        foreach (var token in new[] { "x", "a.b.c", tokens["access_token"]!, tokens["id_token"]!, await server.CodeAsync(client) })
            Refused(await client.RefreshAsync(token), "invalid_grant");
        Refused(await client.RedeemAsync(""), "invalid_request");
    }
}
