using System.Net;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Authorize;

public sealed class Prompting : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-11-24T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Login_asks_again_once()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await client.SignInAsync(browser);
        clock.Advance(TimeSpan.FromSeconds(10));
        var page = await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "login")));
        Assert.Equal("Confirm it is you", page.Heading);
        page = await browser.SubmitAsync("Continue", ("password", TestDocument.Password));
        var id = RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!);
        Assert.Equal(clock.GetUtcNow().ToUnixTimeSeconds(), id.GetProperty("auth_time").GetInt64());
    }

    [Theory]
    [InlineData("60", 59, false)]
    [InlineData("60", 61, true)]
    [InlineData("0", 1, true)]
    public async Task Max_age_asks_when_the_sign_in_is_older(string maxAge, int seconds, bool asks)
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await client.SignInAsync(browser);
        clock.Advance(TimeSpan.FromSeconds(seconds));
        var page = await browser.OpenAsync(client.AuthorizeUrl("openid", ("max_age", maxAge)));
        Assert.Equal(asks, page.Url.AbsolutePath == "/login");
        if (asks)
            Assert.NotEmpty((await browser.SubmitAsync("Continue", ("password", TestDocument.Password))).Query("code"));
        else
            Assert.NotEmpty(page.Query("code"));
    }

    [Fact]
    public async Task None_says_what_is_missing()
    {
        using var browser = new Browser(host);
        var web = new RelyingParty(host);
        Assert.Equal("login_required", (await browser.OpenAsync(web.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
        await new RelyingParty(host, "trusted").SignInAsync(browser);
        Assert.Equal("consent_required", (await browser.OpenAsync(web.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
        await web.SignInAsync(browser);
        Assert.NotEmpty((await browser.OpenAsync(web.AuthorizeUrl("openid", ("prompt", "none")))).Query("code"));
    }

    [Fact]
    public async Task Consent_and_select_account_ask_again()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host);
        await client.SignInAsync(browser);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("/consent", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "consent")))).Url.AbsolutePath);
        Assert.NotEmpty((await browser.SubmitAsync("Allow")).Query("code"));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("/account-choice", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "select_account")))).Url.AbsolutePath);
        Assert.NotEmpty((await browser.SubmitAsync("Continue as")).Query("code"));
        clock.Advance(TimeSpan.FromSeconds(10));
        await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "select_account")));
        Assert.Equal("/login", (await browser.SubmitAsync("Use another account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task A_hint_lets_its_person_pass_and_no_other()
    {
        using var ada = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var hint = (await client.TokensAsync(ada))["id_token"]!;
        clock.Advance(TimeSpan.FromMinutes(30));
        Assert.NotEmpty((await ada.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none"), ("id_token_hint", hint)))).Query("code"));
        using var grace = new Browser(host);
        await client.SignInAsync(grace, "openid", "grace");
        Assert.Equal("login_required", (await grace.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none"), ("id_token_hint", hint)))).Query("error"));
        Assert.Equal("/login", (await grace.OpenAsync(client.AuthorizeUrl("openid", ("id_token_hint", hint)))).Url.AbsolutePath);
    }

    [Fact]
    public async Task Single_claims_are_given_where_they_were_asked_for_and_allowed()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var tokens = await client.TokensAsync(browser, "openid", "ada", ("claims", """{"userinfo":{"email":null,"phone_number":null},"id_token":{"name":{"essential":true}}}"""));
        var id = RelyingParty.Claims(tokens["id_token"]!);
        Assert.Equal("Ada Lovelace", id.GetProperty("name").GetString());
        Assert.False(id.TryGetProperty("email", out _));
        var userInfo = await client.GetAsync("/connect/userinfo", tokens["access_token"]!);
        Assert.Equal("ada@example.test", userInfo["email"]);
        Assert.Null(userInfo["name"]);
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_used_once_and_said_in_the_token()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var page = await client.SignInAsync(browser, "openid", "otp");
        Assert.Equal("/mfa", page.Url.AbsolutePath);
        Assert.Equal("interaction_required", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
        await browser.OpenAsync(page.Url.PathAndQuery);
        var code = new OtpNet.Totp(OtpNet.Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(clock.GetUtcNow().UtcDateTime);
        page = await browser.SubmitAsync("Continue", ("code", code));
        var id = RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!);
        Assert.Equal(["pwd", "otp", "mfa"], id.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal("urn:identityprovider:acr:mfa", id.GetProperty("acr").GetString());

        using var thief = new Browser(host);
        await client.SignInAsync(thief, "openid", "otp");
        Assert.Contains("used before", (await thief.SubmitAsync("Continue", ("code", code))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pushed_request_works_once_also_through_the_pages()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "pushed");
        Assert.Equal("invalid_request", (await browser.OpenAsync(client.AuthorizeUrl())).Query("error"));
        var pushed = await client.PostAsync("/connect/par", [.. client.AuthorizeParameters().Select(p => (p.Key, (string?)p.Value))]);
        Assert.Equal(HttpStatusCode.Created, pushed.Status);
        var url = $"/connect/authorize?client_id=pushed&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}";
        await browser.OpenAsync(url);
        clock.Advance(TimeSpan.FromMinutes(10));
        var page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.Equal(HttpStatusCode.OK, (await client.RedeemAsync(page.Query("code"))).Status);
        Assert.Empty((await browser.OpenAsync(url)).Query("code"));

        pushed = await client.PostAsync("/connect/par", [.. client.AuthorizeParameters().Select(p => (p.Key, (string?)p.Value))]);
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Empty((await browser.OpenAsync($"/connect/authorize?client_id=pushed&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}")).Query("code"));
    }
}
