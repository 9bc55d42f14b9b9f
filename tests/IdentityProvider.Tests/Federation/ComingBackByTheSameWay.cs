using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Federation;

/// <summary>What a browser remembers of sign-ins by a provider: the way, and whose account it was.</summary>
public sealed class ComingBackByTheSameWay(PeerBench bench) : IClassFixture<PeerBench>
{
    [Fact]
    public async Task The_way_used_last_is_marked_and_an_account_that_came_by_a_provider_is_led_there()
    {
        bench.Peer.Token = null;
        bench.Peer.Person = new() { ["sub"] = "chosen", ["email"] = "chosen@peer.test", ["email_verified"] = true, ["name"] = "Zoe Sen" };
        using var browser = new Browser(bench.Host);
        var client = new RelyingParty(bench.Host, "trusted");
        var page = await browser.OpenAsync(client.AuthorizeUrl());
        Assert.DoesNotContain("Last used", page.Text, StringComparison.Ordinal);
        Assert.NotEmpty((await bench.SignInAsync(browser, "peer")).Query("code"));

        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "select_account")));
        page = await browser.SubmitAsync("Use another account");
        var mark = Assert.Single(page.Document.QuerySelectorAll("main .tag"));
        Assert.Contains("Sign in with Peer", mark.ParentElement!.TextContent.Trim(), StringComparison.Ordinal);
        Assert.NotEmpty((await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password))).Query("code"));

        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "select_account")));
        var away = await browser.SubmitAsync("Z");
        Assert.Equal(($"{bench.Peer.Issuer}/authorize", "chosen@peer.test"), (away.Url.GetLeftPart(UriPartial.Path), away.Query("login_hint")));
        var back = await browser.OpenAsync((await Peer.AnswerAsync(bench.Host.Http, away.Url)).ToString());
        var claims = RelyingParty.Claims((await client.RedeemAsync(back.Query("code")))["id_token"]!);
        Assert.NotEmpty(claims.GetProperty("sub").GetString()!);

        // The same by a hint of the client, though another account is signed in.
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        await browser.OpenAsync(client.AuthorizeUrl("openid", ("login_hint", "ada@example.test")));
        await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        away = await browser.OpenAsync(client.AuthorizeUrl("openid", ("login_hint", "chosen@peer.test")));
        Assert.Equal($"{bench.Peer.Issuer}/authorize", away.Url.GetLeftPart(UriPartial.Path));
    }
}
