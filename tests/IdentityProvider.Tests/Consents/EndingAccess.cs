using System.Net;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Consents;

public sealed class EndingAccess
{
    [Fact]
    public async Task An_app_is_shown_with_what_it_may_do_and_ends_with_one_button()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        using var other = new Browser(host);
        var client = new RelyingParty(host);
        var tokens = await client.TokensAsync(browser, "openid profile offline_access");
        var others = await client.TokensAsync(other, "openid profile offline_access", "grace");

        var page = await browser.OpenAccountAsync("/account/apps");
        Assert.Contains("Web", page.Document.QuerySelector("section.card h2")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("See your profile", page.Text, StringComparison.Ordinal);
        Assert.NotNull(page.Document.QuerySelector("time[datetime]"));

        page = await browser.SubmitAsync("End access");
        Assert.Contains("Web can no longer use your account", page.Text, StringComparison.Ordinal);
        Assert.Contains("No app has access", page.Text, StringComparison.Ordinal);
        Assert.Equal("invalid_grant", (await client.RefreshAsync(tokens["refresh_token"]!))["error"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);
        Assert.Equal("/consent", (await browser.OpenAsync(client.AuthorizeUrl("openid profile offline_access"))).Url.AbsolutePath);

        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(others["refresh_token"]!)).Status);
        Assert.Contains("client.test", (await other.OpenAsync(client.AuthorizeUrl("openid profile offline_access"))).Url.Host, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_never_had_to_ask_is_shown_too()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var trusted = new RelyingParty(host, "trusted");
        var tokens = await trusted.TokensAsync(browser, "openid offline_access");
        var page = await browser.OpenAccountAsync("/account/apps");
        Assert.Contains("Trusted", page.Text, StringComparison.Ordinal);
        await browser.SubmitAsync("End access");
        Assert.Equal("invalid_grant", (await trusted.RefreshAsync(tokens["refresh_token"]!))["error"]);
    }

    [Fact]
    public async Task Nobody_is_shown_and_nobody_ends_what_another_person_allowed()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        using var eve = new Browser(host);
        var client = new RelyingParty(host);
        var tokens = await client.TokensAsync(browser, "openid offline_access");
        await browser.OpenAccountAsync("/account/apps");
        var app = browser.Page.Document.QuerySelector("input[name=app]")!.GetAttribute("value")!;

        var page = await eve.OpenAccountAsync("/account/apps", "grace");
        Assert.Contains("No app has access", page.Text, StringComparison.Ordinal);
        await new RelyingParty(host, "trusted").TokensAsync(eve, "openid offline_access", "grace");
        await eve.OpenAsync("/account/apps");
        await eve.SubmitAsync("End access", ("app", app));
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(tokens["refresh_token"]!)).Status);
    }
}
