using System.Net;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Sessions;

public sealed class SigningOut : IAsyncLifetime
{
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_hint_signs_out_without_a_question_and_ends_what_the_session_gave()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var tokens = await client.TokensAsync(browser, "openid offline_access");
        var page = await browser.OpenAsync($"/connect/endsession?id_token_hint={tokens["id_token"]}&post_logout_redirect_uri={Uri.EscapeDataString("https://client.test/bye")}&state=s1");
        Assert.Equal("https://client.test/bye?state=s1", page.Url.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);
        Assert.Equal("invalid_grant", (await client.RefreshAsync(tokens["refresh_token"]!)).Error);
        Assert.Equal("/login", (await browser.OpenAsync(client.AuthorizeUrl())).Url.AbsolutePath);
    }

    [Fact]
    public async Task Without_a_hint_there_is_one_question()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await client.SignInAsync(browser);
        var page = await browser.OpenAsync($"/connect/endsession?client_id=trusted&post_logout_redirect_uri={Uri.EscapeDataString("https://client.test/bye")}&state=s2");
        Assert.Equal("Sign out?", page.Heading);
        Assert.NotEmpty((await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("code"));
        await browser.OpenAsync($"/connect/endsession?client_id=trusted&post_logout_redirect_uri={Uri.EscapeDataString("https://client.test/bye")}&state=s2");
        page = await browser.SubmitAsync("Sign out");
        Assert.Equal("https://client.test/bye?state=s2", page.Url.ToString());
        Assert.Equal("login_required", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
    }

    [Fact]
    public async Task An_unregistered_address_never_redirects_and_nobody_signed_in_is_no_error()
    {
        using var browser = new Browser(host);
        var page = await browser.OpenAsync("/connect/endsession?client_id=trusted&post_logout_redirect_uri=https%3A%2F%2Fevil.test");
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        page = await browser.OpenAsync("/connect/endsession");
        Assert.Equal("/signed-out", page.Url.AbsolutePath);
    }

    [Fact]
    public async Task A_hint_may_have_expired_and_may_not_be_somebody_elses()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
        await using var moved = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        using var adas = new Browser(moved);
        using var graces = new Browser(moved);
        var ada = await new RelyingParty(moved, "trusted").TokensAsync(adas);
        var grace = await new RelyingParty(moved, "trusted").TokensAsync(graces, "openid", "grace");
        clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal("/signout", (await adas.OpenAsync($"/connect/endsession?id_token_hint={grace["id_token"]}")).Url.AbsolutePath);
        Assert.Equal("/signout", (await adas.OpenAsync("/connect/endsession?id_token_hint=nonsense")).Url.AbsolutePath);
        Assert.NotEmpty((await adas.OpenAsync(new RelyingParty(moved, "trusted").AuthorizeUrl("openid", ("prompt", "none")))).Query("code"));
        Assert.Equal("/signed-out", (await adas.OpenAsync($"/connect/endsession?id_token_hint={ada["id_token"]}&ui_locales=en")).Url.AbsolutePath);
        Assert.Equal("login_required", (await adas.OpenAsync(new RelyingParty(moved, "trusted").AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
    }
}
