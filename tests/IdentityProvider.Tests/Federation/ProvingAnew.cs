using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Federation;

public sealed class ProvingAnew(PeerBench bench) : IClassFixture<PeerBench>
{
    [Theory]
    [InlineData("prompt", "login", -60, false)]
    [InlineData("prompt", "login", -1, true)]
    [InlineData("prompt", "login", 0, true)]
    [InlineData("max_age", "60", -60, false)]
    [InlineData("max_age", "60", 0, true)]
    [InlineData("ui_locales", "en", -60, true)]
    public async Task A_session_at_the_provider_does_not_answer_for_who_must_prove_themselves_anew(string name, string value, int minutes, bool enters)
    {
        bench.Peer.Token = null;
        bench.Peer.Person = new() { ["sub"] = "anew", ["auth_time"] = bench.Clock.GetUtcNow().AddMinutes(minutes).ToUnixTimeSeconds() };
        using var browser = new Browser(bench.Host);
        var page = await bench.SignInAsync(browser, "peer", new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", (name, value)));
        if (enters)
            Assert.NotEmpty(page.Query("code"));
        else
            Assert.Contains("Peer did not ask you to prove again who you are.", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("peer", "login", false)]
    [InlineData("peer", "select_account", true)]
    [InlineData("google", "login", true)]
    public async Task Who_does_not_say_when_although_asked_is_refused_where_the_protocol_has_a_word_for_it(string provider, string prompt, bool enters)
    {
        bench.Peer.Token = null;
        (bench.Peer.Person, bench.Peer.SaysWhen) = (new() { ["sub"] = "timeless" }, false);
        using var browser = new Browser(bench.Host);
        var page = await bench.SignInAsync(browser, provider, new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", ("prompt", prompt)));
        bench.Peer.SaysWhen = true;
        Assert.Equal(enters, page.Query("code").Length > 0);
    }

    [Theory]
    [InlineData(-60, true)]
    [InlineData(-4, true)]
    [InlineData(3, true)]
    [InlineData(0, false)]
    public async Task Clients_are_told_when_it_was_there(int minutes, bool says)
    {
        var (now, client) = (bench.Clock.GetUtcNow(), new RelyingParty(bench.Host, "trusted"));
        (bench.Peer.Person, bench.Peer.SaysWhen) = (new() { ["sub"] = "told" }, says);
        if (says)
            bench.Peer.Person["auth_time"] = now.AddMinutes(minutes).ToUnixTimeSeconds();
        using var browser = new Browser(bench.Host);
        var page = await bench.SignInAsync(browser, "peer", client.AuthorizeUrl());
        bench.Peer.SaysWhen = true;
        var told = RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!).GetProperty("auth_time").GetInt64();
        Assert.Equal((says ? now.AddMinutes(Math.Min(minutes, 0)) : now.AddHours(-1)).ToUnixTimeSeconds(), told);
    }

    [Theory]
    [InlineData("/account/data/delete")]
    [InlineData("/account/connections")]
    public async Task A_session_at_the_provider_opens_no_page_that_wants_a_fresh_sign_in(string path)
    {
        using var browser = new Browser(bench.Host);
        bench.Peer.Person = new() { ["sub"] = "from an old session", ["email"] = "old-session@example.test", ["auth_time"] = bench.Clock.GetUtcNow().AddMinutes(-6).ToUnixTimeSeconds() };
        await bench.SignInAsync(browser, "peer");
        var page = await browser.OpenAsync(path);
        if (path == "/account/connections")
            page = await browser.SubmitAsync("Connect Sure");
        Assert.Equal("/login", page.Url.AbsolutePath);

        // Nor by the same session once more.
        page = await browser.OpenAsync(page.Document.QuerySelector("a[href*='/federation/peer/start']")!.GetAttribute("href")!);
        Assert.Equal("login", page.Query("prompt"));
        page = await browser.OpenAsync((await Peer.AnswerAsync(bench.Host.Http, page.Url)).ToString());
        Assert.Contains("Peer did not ask you to prove again who you are.", page.Text, StringComparison.Ordinal);

        bench.Peer.Person.Remove("auth_time");
        page = await browser.OpenAsync(page.Document.QuerySelector("a[href*='/federation/peer/start']")!.GetAttribute("href")!);
        page = await browser.OpenAsync((await Peer.AnswerAsync(bench.Host.Http, page.Url)).ToString());
        Assert.Equal(path, page.Url.AbsolutePath);
    }

    [Fact]
    public async Task Nor_does_it_set_up_a_second_factor_and_nobody_goes_in_circles()
    {
        const string Essential = """{"id_token":{"acr":{"essential":true,"values":["urn:identityprovider:acr:mfa"]}}}""";
        using var browser = new Browser(bench.Host);
        bench.Peer.Person = new() { ["sub"] = "sets up", ["auth_time"] = bench.Clock.GetUtcNow().AddHours(-8).ToUnixTimeSeconds() };
        var page = await bench.SignInAsync(browser, "peer", new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", ("claims", Essential)));
        Assert.Equal("/login", page.Url.AbsolutePath);
        var away = await browser.OpenAsync(page.Document.QuerySelector("a[href*='/federation/peer/start']")!.GetAttribute("href")!);
        Assert.Equal(("login", "0"), (away.Query("prompt"), away.Query("max_age")));
        page = await browser.OpenAsync((await Peer.AnswerAsync(bench.Host.Http, away.Url)).ToString());
        Assert.Contains("Peer did not ask you to prove again who you are.", page.Text, StringComparison.Ordinal);

        bench.Peer.Person.Remove("auth_time");
        away = await browser.OpenAsync(page.Document.QuerySelector("a[href*='/federation/peer/start']")!.GetAttribute("href")!);
        page = await browser.OpenAsync((await Peer.AnswerAsync(bench.Host.Http, away.Url)).ToString());
        Assert.Equal("/mfa/set-up", page.Url.AbsolutePath);
    }

    [Fact]
    public async Task Who_wanted_to_register_and_came_from_an_old_session_goes_on()
    {
        using var browser = new Browser(bench.Host);
        bench.Peer.Person = new() { ["sub"] = "creates", ["auth_time"] = bench.Clock.GetUtcNow().AddHours(-8).ToUnixTimeSeconds() };
        Assert.NotEmpty((await bench.SignInAsync(browser, "peer", new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", ("prompt", "create")))).Query("code"));
    }

    [Theory]
    [InlineData("prompt", "login", "login", "0")]
    [InlineData("max_age", "60", "login", "60")]
    [InlineData("prompt", "select_account", "select_account", "315360000")]
    [InlineData("ui_locales", "en", "", "315360000")]
    public async Task The_provider_is_asked_for_it(string name, string value, string prompt, string maxAge)
    {
        using var browser = new Browser(bench.Host);
        var login = await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", (name, value)));
        var away = await browser.OpenAsync(login.Document.QuerySelector("a[href*='/federation/peer/start']")!.GetAttribute("href")!);
        Assert.Equal((prompt, maxAge), (away.Query("prompt"), away.Query("max_age")));
    }
}
