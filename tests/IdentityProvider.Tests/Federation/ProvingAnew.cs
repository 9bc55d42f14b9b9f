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
        bench.Peer.Person = new() { ["sub"] = "timeless" };
        using var browser = new Browser(bench.Host);
        var page = await bench.SignInAsync(browser, provider, new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", ("prompt", prompt)));
        Assert.Equal(enters, page.Query("code").Length > 0);
    }

    [Theory]
    [InlineData("prompt", "login", "login", "0")]
    [InlineData("max_age", "60", "login", "60")]
    [InlineData("prompt", "select_account", "select_account", "")]
    public async Task The_provider_is_asked_for_it(string name, string value, string prompt, string maxAge)
    {
        using var browser = new Browser(bench.Host);
        var login = await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", (name, value)));
        var away = await browser.OpenAsync(login.Document.QuerySelector("a[href*='/federation/peer/start']")!.GetAttribute("href")!);
        Assert.Equal((prompt, maxAge), (away.Query("prompt"), away.Query("max_age")));
    }
}
