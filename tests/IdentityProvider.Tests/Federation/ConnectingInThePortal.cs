using System.Net;
using IdentityProvider.Federation;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Federation;

public sealed class ConnectingInThePortal(PeerBench bench) : IClassFixture<PeerBench>
{
    [Fact]
    public async Task Who_is_signed_in_connects_and_disconnects()
    {
        using var browser = new Browser(bench.Host);
        await browser.OpenAccountAsync("/account/connections", "grace");
        var page = await ConnectAsync(browser, "portal-1");
        Assert.Contains("The account is connected.", page.Text, StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync("portal-1"));
        using (var elsewhere = new Browser(bench.Host))
            Assert.NotEmpty((await elsewhere.OpenAsync((await bench.AnswerAsync(elsewhere, "peer")).ToString())).Query("code"));

        page = await browser.SubmitAsync("Disconnect");
        Assert.Contains("The account is disconnected.", page.Text, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync("portal-1"));
    }

    [Fact]
    public async Task What_opens_anothers_account_is_not_taken_from_them()
    {
        using var owner = new Browser(bench.Host);
        bench.Peer.Person = new() { ["sub"] = "portal-2", ["email"] = "portal-2@example.test", ["email_verified"] = true };
        Assert.NotEmpty((await owner.OpenAsync((await bench.AnswerAsync(owner, "peer")).ToString())).Query("code"));
        using var browser = new Browser(bench.Host);
        await browser.OpenAccountAsync("/account/connections", "grace");
        Assert.Contains("opens another account here", (await ConnectAsync(browser, "portal-2")).Text, StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync("portal-2"));
    }

    [Fact]
    public async Task The_last_way_in_stays()
    {
        using var browser = new Browser(bench.Host);
        bench.Peer.Person = new() { ["sub"] = "portal-3", ["email"] = "portal-3@example.test", ["email_verified"] = true };
        await browser.OpenAsync((await bench.AnswerAsync(browser, "peer")).ToString());
        var page = await browser.OpenAsync("/account/connections");
        Assert.Contains("It is the only way into your account.", page.Text, StringComparison.Ordinal);
        var id = await bench.Host.InStoreAsync(db => db.Set<ExternalLogin>().Where(l => l.Subject == "portal-3").Select(l => l.Id).SingleAsync());
        var token = page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        page = await browser.PostAsync(new Uri(bench.Host.Issuer, "/account/connections?handler=Remove"), [new("__RequestVerificationToken", token), new("connection", id.ToString())]);
        Assert.Contains("Set a password or add a passkey first.", page.Text, StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync("portal-3"));
    }

    [Fact]
    public async Task An_old_session_signs_in_again_first_and_another_browser_connects_nothing()
    {
        using var browser = new Browser(bench.Host);
        await browser.OpenAccountAsync("/account/connections", "grace");
        bench.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("/login", (await browser.SubmitAsync("Connect Peer")).Url.AbsolutePath);

        using var fresh = new Browser(bench.Host);
        await fresh.OpenAccountAsync("/account/connections", "grace");
        bench.Peer.Person = new() { ["sub"] = "portal-4" };
        var away = await fresh.SubmitAsync("Connect Peer");
        var answer = await Peer.AnswerAsync(bench.Host.Http, away.Url);
        using var stranger = new Browser(bench.Host);
        await stranger.OpenAccountAsync("/account/connections", "otp");
        Assert.Equal(HttpStatusCode.BadRequest, (await stranger.OpenAsync(answer.ToString())).Status);
        Assert.Equal(0, await CountAsync("portal-4"));

        await fresh.OpenAsync("/signout");
        await fresh.SubmitAsync("Sign out");
        await fresh.OpenAsync(answer.ToString());
        Assert.Equal(0, await CountAsync("portal-4"));
    }

    [Theory]
    [InlineData("login_hint", "somebody@corp.test", "work")]
    [InlineData("idp", "hub", "hub")]
    public async Task A_hint_leads_straight_to_the_provider(string parameter, string value, string provider)
    {
        using var browser = new Browser(bench.Host);
        var away = await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", (parameter, value)));
        Assert.Equal($"{bench.Host.Issuer}federation/{provider}/callback", away.Query("redirect_uri"));
    }

    [Theory]
    [InlineData("login_hint", "somebody@elsewhere.test")]
    [InlineData("idp", "nobody")]
    public async Task A_hint_at_nothing_known_shows_the_sign_in_page(string parameter, string value)
    {
        using var browser = new Browser(bench.Host);
        Assert.Equal("/login", (await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", (parameter, value)))).Url.AbsolutePath);
    }

    [Fact]
    public async Task A_hinted_provider_that_fails_leaves_people_on_the_sign_in_page()
    {
        using var browser = new Browser(bench.Host);
        var page = await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", ("idp", "dead")));
        Assert.Equal("/login", page.Url.AbsolutePath);
        Assert.Contains("Dead cannot be reached right now.", page.Text, StringComparison.Ordinal);
        Assert.NotEmpty((await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password))).Query("code"));
    }

    private async Task<BrowserPage> ConnectAsync(Browser browser, string subject)
    {
        bench.Peer.Person = new() { ["sub"] = subject };
        var away = await browser.SubmitAsync("Connect Peer");
        return await browser.OpenAsync((await Peer.AnswerAsync(bench.Host.Http, away.Url)).ToString());
    }

    private Task<int> CountAsync(string subject) => bench.Host.InStoreAsync(db => db.Set<ExternalLogin>().Join(db.Set<User>(), l => l.UserId, u => u.Id, (l, _) => l).CountAsync(l => l.Subject == subject));
}
