using System.Net;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>Revocation (RFC 7009).</summary>
public sealed class RevokingTokens(SignedInServer server) : IClassFixture<SignedInServer>
{
    private const string Scope = "openid offline_access notes:read";
    private readonly IdpHost host = server.Host;
    private readonly RelyingParty client = new(server.Host, "trusted");

    private async Task<HttpStatusCode> UserInfoAsync(Answer tokens) => (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status;

    private async Task<string?> ActiveAsync(Answer tokens) => (await new RelyingParty(host, TestDocument.Api).PostAsync("/connect/introspect", ("token", tokens["access_token"])))["active"];

    private static void Done(Answer answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Null(answer.Error);
        Assert.Equal("no-store", answer.Response.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("access_token")]
    [InlineData("refresh_token")]
    [InlineData("nonsense")]
    public async Task An_access_token_is_dead_at_once_and_what_it_came_with_lives(string? hint)
    {
        var tokens = await server.TokensAsync(client, Scope);
        Assert.Equal((HttpStatusCode.OK, "True"), (await UserInfoAsync(tokens), await ActiveAsync(tokens)));
        Done(await client.PostAsync("/connect/revoke", ("token", tokens["access_token"]), ("token_type_hint", hint)));
        Assert.Equal((HttpStatusCode.Unauthorized, "False"), (await UserInfoAsync(tokens), await ActiveAsync(tokens)));
        Done(await client.PostAsync("/connect/revoke", ("token", tokens["access_token"])));
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(tokens["refresh_token"]!)).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("refresh_token")]
    [InlineData("access_token")]
    public async Task A_refresh_token_takes_everything_of_its_grant_with_it(string? hint)
    {
        var first = await server.TokensAsync(client, Scope);
        var renewed = await client.RefreshAsync(first["refresh_token"]!);
        Done(await client.PostAsync("/connect/revoke", ("token", renewed["refresh_token"]), ("token_type_hint", hint)));
        Assert.Equal("invalid_grant", (await client.RefreshAsync(renewed["refresh_token"]!)).Error);
        foreach (var tokens in new[] { first, renewed })
            Assert.Equal((HttpStatusCode.Unauthorized, "False"), (await UserInfoAsync(tokens), await ActiveAsync(tokens)));
    }

    [Fact]
    public async Task A_public_client_revokes_its_own()
    {
        var spa = new RelyingParty(host, "spa");
        var tokens = await server.TokensAsync(spa, Scope);
        Done(await spa.PostAsync("/connect/revoke", ("token", tokens["refresh_token"])));
        Assert.Equal("invalid_grant", (await spa.RefreshAsync(tokens["refresh_token"]!)).Error);
    }

    [Fact]
    public async Task A_service_s_token_is_revoked_too()
    {
        var worker = new RelyingParty(host, "worker");
        var tokens = await worker.TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read"));
        Assert.Equal("True", await ActiveAsync(tokens));
        Done(await worker.PostAsync("/connect/revoke", ("token", tokens["access_token"])));
        Assert.Equal("False", await ActiveAsync(tokens));
    }

    [Fact]
    public async Task What_is_unknown_is_as_good_as_revoked()
    {
        foreach (var token in new[] { "x", "a.b.c", new string('A', 43), new string('a', 16 * 1024) })
            Done(await client.PostAsync("/connect/revoke", ("token", token)));
        foreach (var token in new[] { "", null })
            Assert.Equal("invalid_request", (await client.PostAsync("/connect/revoke", ("token", token))).Error);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("spa")]
    [InlineData("https://photos.test")]
    public async Task Another_client_cannot(string other)
    {
        var tokens = await server.TokensAsync(client, Scope);
        foreach (var token in new[] { tokens["access_token"], tokens["refresh_token"] })
            Assert.InRange((int)(await new RelyingParty(host, other).PostAsync("/connect/revoke", ("token", token))).Status, 200, 400);
        Assert.Equal((HttpStatusCode.OK, "True"), (await UserInfoAsync(tokens), await ActiveAsync(tokens)));
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(tokens["refresh_token"]!)).Status);
    }

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task Another_node_knows_at_once(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider);
        using var browser = new Browser(nodes.First);
        var (here, there) = (new RelyingParty(nodes.First, "trusted"), new RelyingParty(nodes.Second, "trusted"));
        var tokens = await here.TokensAsync(browser, Scope);
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);
        Done(await here.PostAsync("/connect/revoke", ("token", tokens["access_token"])));
        Assert.Equal(HttpStatusCode.Unauthorized, (await there.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);
        Done(await here.PostAsync("/connect/revoke", ("token", tokens["refresh_token"])));
        Assert.Equal("invalid_grant", (await there.RefreshAsync(tokens["refresh_token"]!)).Error);
    }
}
