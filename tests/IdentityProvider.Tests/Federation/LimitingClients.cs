using System.Net;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Federation;

/// <summary>Clients that take some providers only, and no password.</summary>
public sealed class LimitingClients(PeerBench bench) : IClassFixture<PeerBench>
{
    [Fact]
    public async Task The_only_way_in_is_gone_straight_to_and_who_comes_back_without_success_sees_the_page()
    {
        bench.Peer.Token = null;
        bench.Peer.Person = new() { ["sub"] = "straight" };
        using var browser = new Browser(bench.Host);
        var client = new RelyingParty(bench.Host, "company");
        var away = await browser.OpenAsync(client.AuthorizeUrl());
        Assert.Equal($"{bench.Peer.Issuer}/authorize", away.Url.GetLeftPart(UriPartial.Path));
        Assert.NotEmpty((await browser.OpenAsync((await Peer.AnswerAsync(bench.Host.Http, away.Url)).ToString())).Query("code"));

        using var other = new Browser(bench.Host);
        away = await other.OpenAsync(client.AuthorizeUrl());
        var back = await other.OpenAsync($"/federation/peer/callback?error=access_denied&state={Uri.EscapeDataString(away.Query("state"))}");
        Assert.Contains("You stopped the sign-in at Peer.", back.Text, StringComparison.Ordinal);
        Assert.Null(back.Document.QuerySelector("input[type=password]"));
    }

    [Fact]
    public async Task The_page_shows_what_the_client_takes_and_a_password_is_refused()
    {
        using var browser = new Browser(bench.Host);
        var trusted = await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl());
        var token = trusted.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var page = await browser.OpenAsync(new RelyingParty(bench.Host, "choosy").AuthorizeUrl());
        Assert.Equal(["Sign in with Peer", "Sign in with Ruled"], page.Document.QuerySelectorAll(".stacked a").Select(a => a.LastChild!.TextContent.Trim()));
        Assert.Null(page.Document.QuerySelector("form"));
        Assert.Empty(page.Document.QuerySelectorAll("a[href*='/recover'], a[href*='/register']"));

        var refused = await browser.PostAsync(page.Url, new Dictionary<string, string> { ["__RequestVerificationToken"] = token, ["username"] = "ada", ["password"] = TestDocument.Password });
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("Passwords are not taken for this application.", refused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Cookies.GetAllCookies(), cookie => cookie.Name == "session");
        var off = await browser.OpenAsync($"/federation/sure/start?ticket={page.Query("ticket")}");
        Assert.Contains("Signing in with Sure is switched off.", off.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sure")]
    public async Task A_session_that_began_another_way_does_not_open_it(string? provider)
    {
        bench.Peer.Token = null;
        bench.Peer.Person = new() { ["sub"] = "another way" };
        using var browser = new Browser(bench.Host);
        var trusted = new RelyingParty(bench.Host, "trusted");
        Assert.NotEmpty((provider is null ? await trusted.SignInAsync(browser) : await bench.SignInAsync(browser, provider)).Query("code"));
        var company = new RelyingParty(bench.Host, "company");
        Assert.Equal("login_required", (await browser.OpenAsync(company.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
        Assert.NotEmpty((await bench.SignInAsync(browser, "peer", company.AuthorizeUrl())).Query("code"));
        Assert.NotEmpty((await browser.OpenAsync(company.AuthorizeUrl("openid", ("prompt", "none")))).Query("code"));
        Assert.NotEmpty((await browser.OpenAsync(trusted.AuthorizeUrl("openid", ("prompt", "none")))).Query("code"));
    }

    [Fact]
    public async Task An_account_here_with_the_address_is_connected_in_the_portal_where_no_password_is_taken()
    {
        bench.Peer.Token = null;
        bench.Peer.Person = new() { ["sub"] = "ada there", ["email"] = "ada@example.test", ["email_verified"] = true };
        using var browser = new Browser(bench.Host);
        var page = await bench.SignInAsync(browser, "peer", new RelyingParty(bench.Host, "company").AuthorizeUrl());
        Assert.Contains("connect Peer there", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Cookies.GetAllCookies(), cookie => cookie.Name == "session");
    }
}
