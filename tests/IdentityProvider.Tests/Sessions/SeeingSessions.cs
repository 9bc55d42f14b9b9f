using System.Net;
using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Sessions;

public sealed class SeeingSessions : IAsyncLifetime
{
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Settings = { ["Sessions:MaxPerUser"] = "3" } });

    public async Task DisposeAsync() => await host.DisposeAsync();

    private async Task<Browser> SignedInAsync(string username = "ada")
    {
        var browser = new Browser(host);
        await new RelyingParty(host, "trusted").SignInAsync(browser, "openid", username);
        return browser;
    }

    [Fact]
    public async Task A_person_sees_their_own_sessions_and_ends_one()
    {
        using var here = await SignedInAsync();
        using var there = await SignedInAsync();
        using var grace = await SignedInAsync("grace");
        var page = await here.OpenAsync("/account/sessions");
        Assert.Equal(2, page.Document.QuerySelectorAll("section.card").Length);
        Assert.Contains("This device", page.Document.QuerySelector("section.card")!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.Document.QuerySelector("section.card")!.QuerySelector("button"));
        Assert.Contains("Trusted", page.Text, StringComparison.Ordinal);

        page = await here.SubmitAsync("Sign out Unknown browser");
        Assert.Contains("That browser is signed out.", page.Text, StringComparison.Ordinal);
        Assert.Single(page.Document.QuerySelectorAll("section.card"));
        Assert.Equal("/login", (await there.OpenAsync("/account/sessions")).Url.AbsolutePath);
        Assert.Equal("/account/sessions", (await grace.OpenAsync("/account/sessions")).Url.AbsolutePath);
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_somebody_else()
    {
        using var ada = await SignedInAsync();
        using var another = await SignedInAsync();
        using var grace = await SignedInAsync("grace");
        var graces = await host.InStoreAsync(db => db.Set<Session>().Where(s => s.User.UserName == "grace").Select(s => s.Id).SingleAsync());
        await ada.OpenAsync("/account/sessions");
        await ada.SubmitAsync("Sign out Unknown browser", ("session", graces.ToString()));
        Assert.Equal("/account/sessions", (await grace.OpenAsync("/account/sessions")).Url.AbsolutePath);
    }

    [Fact]
    public async Task The_session_unused_for_longest_ends_when_there_are_too_many()
    {
        using var first = await SignedInAsync();
        using var second = await SignedInAsync();
        using var third = await SignedInAsync();
        using var fourth = await SignedInAsync();
        Assert.Equal("/login", (await first.OpenAsync("/account/sessions")).Url.AbsolutePath);
        Assert.Equal(3, (await fourth.OpenAsync("/account/sessions")).Document.QuerySelectorAll("section.card").Length);
    }

    [Fact]
    public async Task Signing_out_everywhere_by_the_api_needs_a_token_of_a_person()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/logout-all");
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Http.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome on Windows")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "Safari on macOS")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "Safari on iPhone")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.0.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux")]
    [InlineData("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android")]
    [InlineData("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome on ChromeOS")]
    [InlineData("<script>alert(1)</script>", "Unknown browser")]
    [InlineData(null, "Unknown browser")]
    public void A_browser_is_named_in_words(string? userAgent, string name) => Assert.Equal(name, BrowserName.Of(userAgent));
}
