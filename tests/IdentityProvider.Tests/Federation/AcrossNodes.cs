using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Federation;

public sealed class AcrossNodes
{
    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task A_sign_in_that_one_node_began_comes_back_to_another_once(DatabaseProvider provider)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var peer = await Peer.StartAsync(clock);
        peer.Person = new() { ["sub"] = "between nodes", ["sid"] = "there" };
        await using var database = FreshDatabase.Of(provider);
        var setup = new IdpSetup { Clock = clock, Database = database.Options, Issuer = new Uri($"http://localhost:{IdpHost.FreePort()}"), Document = PeerBench.Document(peer.Issuer) };
        await using var first = await IdpHost.StartAsync(setup);
        await using var second = await IdpHost.StartAsync(setup with { Port = IdpHost.FreePort() });
        using var browser = new Browser(first);
        var login = await browser.OpenAsync(new RelyingParty(first, "trusted").AuthorizeUrl());
        var away = await browser.OpenAsync(login.Document.QuerySelector("a[href*='/federation/peer/start']")!.GetAttribute("href")!);
        var answer = await Peer.AnswerAsync(first.Http, away.Url);

        using var request = Bring(answer, browser);
        using var response = await second.Http.SendAsync(request);
        foreach (var cookie in response.Headers.GetValues("Set-Cookie"))
            browser.Cookies.SetCookies(first.Issuer, cookie);
        Assert.NotEmpty((await browser.OpenAsync(response.Headers.Location!.ToString())).Query("code"));

        using var replay = Bring(answer, browser);
        using var refused = await first.Http.SendAsync(replay);
        Assert.DoesNotContain("/connect/authorize", refused.Headers.Location?.ToString() ?? "", StringComparison.Ordinal);

        // What ends it comes to whichever node the provider reaches.
        using var heard = await second.Http.PostAsync("/federation/peer/backchannel-logout", new FormUrlEncodedContent([new("logout_token", Peer.Sign(peer.LogoutToken(null, "there")))]));
        Assert.True(heard.IsSuccessStatusCode);
        Assert.Equal("login_required", (await browser.OpenAsync(new RelyingParty(first, "trusted").AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
    }

    private static HttpRequestMessage Bring(Uri answer, Browser browser)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, answer.PathAndQuery);
        request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(answer));
        return request;
    }
}
