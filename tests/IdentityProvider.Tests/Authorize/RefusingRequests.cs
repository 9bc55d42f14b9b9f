using System.Net;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Authorize;

public sealed class RefusingRequests : IAsyncLifetime
{
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("invalid_request", "code_challenge_method", "plain")]
    [InlineData("invalid_request", "code_challenge_method", null)]
    [InlineData("invalid_request", "code_challenge", null)]
    [InlineData("invalid_request", "code_challenge", "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("unsupported_response_type", "response_type", "token")]
    [InlineData("unsupported_response_type", "response_type", "code id_token")]
    [InlineData("invalid_request", "response_mode", "fragment")]
    [InlineData("invalid_request", "prompt", "none login")]
    [InlineData("invalid_request", "max_age", "-1")]
    [InlineData("invalid_request", "claims", "{")]
    [InlineData("invalid_request", "claims", """{"userinfo":{"name":{"values":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}}}""")]
    [InlineData("invalid_request", "id_token_hint", "abc.def.ghi")]
    [InlineData("invalid_scope", "scope", "openid unknown")]
    [InlineData("invalid_scope", "scope", "openid photos:write")]
    [InlineData("invalid_scope", "scope", null)]
    [InlineData("invalid_target", "resource", "https://unknown.test")]
    [InlineData("request_not_supported", "request", "eyJhbGciOiJub25lIn0.e30.")]
    [InlineData("login_required", "prompt", "none")]
    public async Task The_client_is_told_with_its_state_and_the_issuer(string error, string parameter, string? value)
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host);
        var page = await browser.OpenAsync(client.AuthorizeUrl("openid", (parameter, value)));
        Assert.StartsWith(TestDocument.Callback, page.Url.ToString(), StringComparison.Ordinal);
        Assert.Equal(error, page.Query("error"));
        Assert.NotEmpty(page.Query("error_description"));
        Assert.Equal(client.State, page.Query("state"));
        Assert.Equal(host.Issuer.ToString().TrimEnd('/'), page.Query("iss"));
    }

    [Theory]
    [InlineData("https://client.test/callback/")]
    [InlineData("https://client.test/callbackx")]
    [InlineData("https://client.test/Callback")]
    [InlineData("https://CLIENT.test/callback")]
    [InlineData("HTTPS://client.test/callback")]
    [InlineData("https://client.test:443/callback")]
    [InlineData("https://client.test:8443/callback")]
    [InlineData("https://client.test/callback?x=y")]
    [InlineData("https://client.test/callback#x")]
    [InlineData("https://client.test/x/..;/callback")]
    [InlineData("https://client.test/x/../callback")]
    [InlineData("https://client.test/%63allback")]
    [InlineData("https://user@client.test/callback")]
    [InlineData("https://client.test%25@evil.test/callback")]
    [InlineData("https://client.test.evil.test/callback")]
    [InlineData("https://evil.test/https://client.test/callback")]
    [InlineData("//client.test/callback")]
    [InlineData("javascript:alert(1)//https://client.test/callback")]
    [InlineData("http://client.test/callback")]
    [InlineData("http://localhost:5000/callback")]
    public async Task A_redirect_uri_that_is_not_registered_never_redirects(string redirectUri)
    {
        using var browser = new Browser(host);
        var page = await browser.OpenAsync(new RelyingParty(host).AuthorizeUrl("openid", ("redirect_uri", redirectUri)));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Null(page.Response.Headers.Location);
        Assert.Equal("This sign-in link does not work", page.Heading);
        Assert.Matches("[0-9a-f]{32}", page.Text);
        Assert.Contains("UTC", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:49152/callback", true)]
    [InlineData("http://localhost:1/callback", true)]
    [InlineData("com.example.app:/callback", true)]
    [InlineData("http://127.0.0.2:49152/callback", false)]
    [InlineData("http://127.0.0.1:49152/other", false)]
    [InlineData("http://evil.test:49152/callback", false)]
    [InlineData("com.example.app:/other", false)]
    public async Task The_port_is_free_for_a_native_client_on_loopback_only(string redirectUri, bool allowed)
    {
        using var browser = new Browser(host);
        var page = await browser.OpenAsync(new RelyingParty(host, "native", redirectUri).AuthorizeUrl());
        Assert.Equal(allowed ? "/login" : "/connect/authorize", page.Url.AbsolutePath);
    }

    [Fact]
    public async Task A_parameter_sent_twice_is_refused_but_for_resource()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host);
        foreach (var name in client.AuthorizeParameters().Keys)
        {
            var page = await browser.OpenAsync(client.AuthorizeUrl() + $"&{name}=x");
            Assert.Equal(HttpStatusCode.BadRequest, page.Status);
            Assert.Contains("invalid_request", page.Text, StringComparison.Ordinal);
        }

        var several = await browser.OpenAsync(client.AuthorizeUrl("openid notes:read photos:read") + $"&resource={Uri.EscapeDataString(TestDocument.Api)}&resource={Uri.EscapeDataString(TestDocument.OtherApi)}");
        Assert.Equal("/login", several.Url.AbsolutePath);
    }

    [Fact]
    public async Task A_client_without_the_pkce_requirement_sends_a_nonce_and_is_held_to_a_challenge_it_sends()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "nopkce");
        (string, string?)[] noPkce = [("code_challenge", null), ("code_challenge_method", null)];
        var neither = await browser.OpenAsync(client.AuthorizeUrl("openid", [.. noPkce, ("nonce", null)]));
        Assert.Equal("invalid_request", neither.Query("error"));

        var page = await client.SignInAsync(browser, "openid", "ada", noPkce);
        Assert.Equal(HttpStatusCode.OK, (await client.RedeemAsync(page.Query("code"), ("code_verifier", null))).Status);
        page = await client.SignInAsync(browser);
        Assert.Equal("invalid_request", (await client.RedeemAsync(page.Query("code"), ("code_verifier", null))).Error);
        page = await client.SignInAsync(browser);
        Assert.Equal("invalid_grant", (await client.RedeemAsync(page.Query("code"), ("code_verifier", new string('x', 43)))).Error);
    }

    [Theory]
    [InlineData("scope", 2001)]
    [InlineData("state", 2001)]
    [InlineData("nonce", 513)]
    [InlineData("login_hint", 257)]
    [InlineData("claims", 4001)]
    public async Task What_is_too_long_is_refused_at_once(string name, int length)
    {
        var url = new RelyingParty(host).AuthorizeUrl("openid", (name, new string('a', length)));
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Http.GetAsync(url)).StatusCode);
    }

    [Fact]
    public async Task Size_and_count_have_limits()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Http.GetAsync(new RelyingParty(host).AuthorizeUrl(string.Join(' ', Enumerable.Range(0, 51).Select(i => $"s{i}"))))).StatusCode);
        var fields = Enumerable.Range(0, 65).Select(i => KeyValuePair.Create($"f{i}", "x"));
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Http.PostAsync("/connect/authorize", new FormUrlEncodedContent(fields))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Eventually.AnsweredAsync(() => host.Http.PostAsync("/connect/authorize", new StringContent(new string('a', 70_000), new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded"))))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, (await host.Http.GetAsync("/connect/authorize?x=" + new string('a', 9000))).StatusCode);
    }
}
