using System.Text.Json;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Platform.Http;

/// <summary>The issuer has a path, as behind a proxy that shares one host.</summary>
public sealed class ServingBelowAPath
{
    [Fact]
    public async Task A_person_signs_in_where_the_issuer_has_a_path()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Issuer = new Uri($"http://localhost:{IdpHost.FreePort()}/id") });
        using var browser = new Browser(host);
        var client = new RelyingParty(host);
        var discovery = JsonDocument.Parse(await host.Http.GetStringAsync("/id/.well-known/openid-configuration")).RootElement;
        Assert.Equal(host.Issuer.ToString(), discovery.GetProperty("issuer").GetString());
        Assert.Equal($"{host.Issuer}/connect/token", discovery.GetProperty("token_endpoint").GetString());

        var page = await browser.OpenAsync("/id" + client.AuthorizeUrl("openid profile"));
        Assert.Equal("/id/login", page.Url.AbsolutePath);
        page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.Equal("/id/consent", page.Url.AbsolutePath);
        page = await browser.SubmitAsync("Allow");

        Assert.StartsWith(TestDocument.Callback, page.Url.ToString(), StringComparison.Ordinal);
        var tokens = await client.PostAsync("/id/connect/token", ("grant_type", "authorization_code"), ("code", page.Query("code")), ("redirect_uri", client.RedirectUri), ("code_verifier", client.Verifier));
        Assert.Equal(host.Issuer.ToString(), RelyingParty.Claims(tokens["id_token"]!).GetProperty("iss").GetString());
    }
}
