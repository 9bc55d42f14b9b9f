using Duende.IdentityModel.OidcClient;
using Duende.IdentityModel.OidcClient.Browser;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.RelyingParties;

/// <summary>A native app with Duende.IdentityModel.OidcClient, which we did not write.</summary>
public sealed class OidcClientApp : IAsyncLifetime
{
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Signs_a_person_in_renews_and_signs_out()
    {
        using var browser = new Browser(host);
        var client = new OidcClient(new OidcClientOptions
        {
            Authority = host.Issuer.ToString(),
            ClientId = "native",
            RedirectUri = "http://127.0.0.1:7890/callback",
            Scope = "openid profile offline_access notes:read",
            Browser = new Person(browser),
            LoadProfile = true,
            Policy = { Discovery = { RequireHttps = false } },
        });

        var login = await client.LoginAsync(new LoginRequest());
        Assert.False(login.IsError, login.Error + login.ErrorDescription);
        Assert.Equal("Ada Lovelace", login.User.FindFirst("name")?.Value);
        Assert.Equal("at+jwt", RelyingParty.Header(login.AccessToken).GetProperty("typ").GetString());

        var renewed = await client.RefreshTokenAsync(login.RefreshToken);
        Assert.False(renewed.IsError, renewed.Error);
        Assert.NotEqual(login.RefreshToken, renewed.RefreshToken);
        var userInfo = await client.GetUserInfoAsync(renewed.AccessToken);
        Assert.False(userInfo.IsError, userInfo.Error);

        await client.LogoutAsync(new LogoutRequest { IdTokenHint = renewed.IdentityToken });
        Assert.True((await client.GetUserInfoAsync(renewed.AccessToken)).IsError);
    }

    /// <summary>The person at the system's browser.</summary>
    private sealed class Person(Browser browser) : IBrowser
    {
        public async Task<BrowserResult> InvokeAsync(BrowserOptions options, CancellationToken cancellationToken = default)
        {
            var page = await browser.OpenAsync(options.StartUrl);
            if (page.Url.AbsolutePath == "/login")
                page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
            if (page.Url.AbsolutePath == "/consent")
                page = await browser.SubmitAsync("Allow");
            return new BrowserResult { ResultType = BrowserResultType.Success, Response = page.Url.ToString() };
        }
    }
}
