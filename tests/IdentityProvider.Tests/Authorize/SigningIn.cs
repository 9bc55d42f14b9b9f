using System.Net;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Authorize;

public sealed class SigningIn : IAsyncLifetime
{
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_person_signs_in_agrees_and_the_client_gets_tokens()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host);

        var page = await browser.OpenAsync(client.AuthorizeUrl("openid profile email offline_access notes:read"));
        Assert.Equal("/login", page.Url.AbsolutePath);
        page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.Equal("/consent", page.Url.AbsolutePath);
        Assert.Contains("Read your notes", page.Text, StringComparison.Ordinal);
        page = await browser.SubmitAsync("Allow");

        Assert.StartsWith(TestDocument.Callback, page.Url.ToString(), StringComparison.Ordinal);
        Assert.Equal(client.State, page.Query("state"));
        Assert.Equal(host.Issuer.ToString().TrimEnd('/'), page.Query("iss"));
        var tokens = await client.RedeemAsync(page.Query("code"));
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        var id = RelyingParty.Claims(tokens["id_token"]!);
        Assert.Equal(client.Nonce, id.GetProperty("nonce").GetString());
        Assert.Equal("Ada Lovelace", id.GetProperty("name").GetString());
        var userInfo = await client.GetAsync("/connect/userinfo", tokens["access_token"]!);
        Assert.Equal("ada@example.test", userInfo["email"]);
        var renewed = await client.RefreshAsync(tokens["refresh_token"]!);
        Assert.Equal(HttpStatusCode.OK, renewed.Status);
    }
}
