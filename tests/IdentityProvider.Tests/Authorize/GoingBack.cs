using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Authorize;

public sealed class GoingBack : IAsyncLifetime
{
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_request_that_was_answered_starts_over()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var login = await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "login")));
        var resume = $"/connect/authorize?client_id=trusted&ticket={login.Query("ticket")}";
        var done = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.NotEmpty(done.Query("code"));

        var again = await browser.OpenAsync(resume);
        Assert.Equal("/login", again.Url.AbsolutePath);
        done = await browser.SubmitAsync("Continue", ("password", TestDocument.Password));
        Assert.NotEmpty(done.Query("code"));
    }

    [Fact]
    public async Task A_no_can_be_taken_back()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host);
        await browser.OpenAsync(client.AuthorizeUrl("openid profile"));
        var consent = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        var denied = await browser.SubmitAsync("Deny");
        Assert.Equal("access_denied", denied.Query("error"));

        await browser.OpenAsync(consent.Url.PathAndQuery);
        var allowed = await browser.SubmitAsync("Allow");
        Assert.NotEmpty(allowed.Query("code"));
    }
}
