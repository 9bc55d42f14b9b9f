using System.Net;
using System.Text.Json.Nodes;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>Every lifetime by a clock that the test moves: good until its last second, and not after. Codes of devices, pushed requests, secrets and assertions have theirs in tests of their own.</summary>
public sealed class EndingLives : IAsyncLifetime
{
    private const string Scope = "openid offline_access notes:read";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;
    private RelyingParty client = null!;
    private Browser browser = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = Documents.With(Short) });
        (client, browser) = (new RelyingParty(host, "trusted"), new Browser(host));
    }

    public async Task DisposeAsync()
    {
        browser.Dispose();
        await host.DisposeAsync();
    }

    /// <summary>A client whose own lifetimes differ from those of the server.</summary>
    private static JsonObject Short => new()
    {
        ["client_id"] = "short",
        ["token_endpoint_auth_method"] = "none",
        ["grant_types"] = new JsonArray("authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"),
        ["redirect_uris"] = new JsonArray(TestDocument.Callback),
        ["scope"] = Scope,
        ["consent"] = "implicit",
        ["authorization_code_lifetime"] = 10,
        ["access_token_lifetime"] = 60,
        ["id_token_lifetime"] = 120,
        ["refresh_token_lifetime"] = 300,
        ["device_code_lifetime"] = 90,
    };

    private async Task<HttpStatusCode> UserInfoAsync(Answer tokens) => (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status;

    private async Task<string?> ActiveAsync(Answer tokens) => (await new RelyingParty(host, TestDocument.Api).PostAsync("/connect/introspect", ("token", tokens["access_token"])))["active"];

    private async Task<BrowserPage> SilentlyAsync() => await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")));

    [Theory]
    [InlineData("trusted", 60)]
    [InlineData("short", 10)]
    public async Task A_code(string id, int seconds)
    {
        var own = new RelyingParty(host, id);
        var inTime = (await own.SignInAsync(browser, Scope)).Query("code");
        clock.Advance(TimeSpan.FromSeconds(seconds) - Second);
        Assert.Equal(HttpStatusCode.OK, (await own.RedeemAsync(inTime)).Status);
        var late = (await own.SignInAsync(browser, Scope)).Query("code");
        clock.Advance(TimeSpan.FromSeconds(seconds) + Second);
        Assert.Equal("invalid_grant", (await own.RedeemAsync(late)).Error);
    }

    [Theory]
    [InlineData("trusted", 900)]
    [InlineData("short", 60)]
    public async Task An_access_token(string id, int seconds)
    {
        var tokens = await new RelyingParty(host, id).TokensAsync(browser, Scope);
        Assert.Equal(seconds, tokens.Json.GetProperty("expires_in").GetInt32());
        clock.Advance(TimeSpan.FromSeconds(seconds) - Second);
        Assert.Equal((HttpStatusCode.OK, "True"), (await UserInfoAsync(tokens), await ActiveAsync(tokens)));
        clock.Advance(2 * Second);
        Assert.Equal((HttpStatusCode.Unauthorized, "False"), (await UserInfoAsync(tokens), await ActiveAsync(tokens)));
    }

    [Fact]
    public async Task The_access_token_of_a_service_and_one_for_our_own_API()
    {
        var worker = await new RelyingParty(host, "worker").TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read"));
        var own = await client.TokensAsync(browser, "openid profile");
        clock.Advance(TimeSpan.FromMinutes(15) - Second);
        Assert.Equal(("True", HttpStatusCode.OK), (await ActiveAsync(worker), (await client.GetAsync("/api/me", own["access_token"]!)).Status));
        clock.Advance(2 * Second);
        Assert.Equal(("False", HttpStatusCode.Unauthorized), (await ActiveAsync(worker), (await client.GetAsync("/api/me", own["access_token"]!)).Status));
    }

    [Theory]
    [InlineData("trusted", 900)]
    [InlineData("short", 120)]
    public async Task An_ID_token_says_how_long(string id, int seconds)
    {
        var claims = RelyingParty.Claims((await new RelyingParty(host, id).TokensAsync(browser, Scope))["id_token"]!);
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal((now, now + seconds), (claims.GetProperty("iat").GetInt64(), claims.GetProperty("exp").GetInt64()));
    }

    [Theory]
    [InlineData("trusted", 7 * 86400)]
    [InlineData("short", 300)]
    public async Task An_unused_refresh_token(string id, int seconds)
    {
        var own = new RelyingParty(host, id);
        var used = await own.TokensAsync(browser, Scope);
        clock.Advance(TimeSpan.FromSeconds(seconds) - Second);
        var renewed = await own.RefreshAsync(used["refresh_token"]!);
        Assert.Equal(HttpStatusCode.OK, renewed.Status);
        clock.Advance(TimeSpan.FromSeconds(seconds) + Second);
        Assert.Equal("invalid_grant", (await own.RefreshAsync(renewed["refresh_token"]!)).Error);
    }

    [Fact]
    public async Task A_family_of_refresh_tokens_however_often_it_was_renewed()
    {
        var tokens = await client.TokensAsync(browser, Scope);
        for (var day = 6; day < 90; day += 6)
        {
            clock.Advance(TimeSpan.FromDays(6));
            tokens = await client.RefreshAsync(tokens["refresh_token"]!);
            Assert.Equal((HttpStatusCode.OK, day), (tokens.Status, day));
        }

        clock.Advance(TimeSpan.FromDays(6) - Second);
        tokens = await client.RefreshAsync(tokens["refresh_token"]!);
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        clock.Advance(2 * Second);
        Assert.Equal("invalid_grant", (await client.RefreshAsync(tokens["refresh_token"]!)).Error);
    }

    [Fact]
    public async Task A_device_code_of_a_client_with_its_own()
    {
        var own = new RelyingParty(host, "short");
        var device = await own.PostAsync("/connect/device", ("scope", "openid"));
        Assert.Equal(90, device.Json.GetProperty("expires_in").GetInt32());
        Task<Answer> PollAsync() => own.TokenAsync(("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", device["device_code"]));
        clock.Advance(TimeSpan.FromSeconds(89));
        Assert.Equal("authorization_pending", (await PollAsync()).Error);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("expired_token", (await PollAsync()).Error);
    }

    [Fact]
    public async Task A_session_that_rests_and_one_that_is_used()
    {
        await client.SignInAsync(browser);
        for (var i = 0; i < 12; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(59));
            Assert.NotEmpty((await SilentlyAsync()).Query("code"));
        }

        // 11 hours 48 minutes: used or not, it ends at twelve hours.
        clock.Advance(TimeSpan.FromMinutes(12) - Second);
        Assert.NotEmpty((await SilentlyAsync()).Query("code"));
        clock.Advance(2 * Second);
        Assert.Equal("login_required", (await SilentlyAsync()).Query("error"));

        await client.SignInAsync(browser);
        clock.Advance(TimeSpan.FromHours(1) + Second);
        Assert.Equal("login_required", (await SilentlyAsync()).Query("error"));
    }

    [Fact]
    public async Task A_session_of_somebody_who_stays_signed_in()
    {
        await browser.OpenAsync(client.AuthorizeUrl());
        await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password), ("staysignedin", "true"));
        clock.Advance(TimeSpan.FromDays(14) - Second);
        Assert.NotEmpty((await SilentlyAsync()).Query("code"));
        clock.Advance(2 * Second);
        Assert.Equal("login_required", (await SilentlyAsync()).Query("error"));
    }

    [Fact]
    public async Task A_request_that_waits_for_its_person()
    {
        var login = (await browser.OpenAsync(client.AuthorizeUrl())).Url.PathAndQuery;
        clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(1));
        await browser.OpenAsync(login);
        Assert.NotEmpty((await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password))).Query("code"));

        using var other = new Browser(host);
        login = (await other.OpenAsync(client.AuthorizeUrl())).Url.PathAndQuery;
        clock.Advance(TimeSpan.FromDays(1) + Second);
        var page = await other.OpenAsync(login);
        Assert.Equal((HttpStatusCode.Gone, "Start again from the application"), (page.Status, page.Heading));
    }
}
