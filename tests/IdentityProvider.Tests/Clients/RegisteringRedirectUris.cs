using IdentityProvider.Clients;
using Xunit;

namespace IdentityProvider.Tests.Clients;

public class RegisteringRedirectUris
{
    [Theory]
    [InlineData("https://app.example/callback")]
    [InlineData("https://app.example:8443/callback?tenant=1")]
    [InlineData("https://app.example/a..b/...")]
    [InlineData("http://localhost:5000/signin-oidc")]
    [InlineData("http://127.0.0.1/callback")]
    [InlineData("http://[::1]:7000/callback")]
    public void These_are_taken(string uri)
    {
        Assert.Null(RedirectUris.Problem(uri, native: false));
        Assert.Null(RedirectUris.Problem(uri, native: true));
    }

    [Theory]
    [InlineData("com.example.app:/callback")]
    [InlineData("com.example.app://callback")]
    public void A_private_use_scheme_is_for_native_applications(string uri)
    {
        Assert.Null(RedirectUris.Problem(uri, native: true));
        Assert.Contains("native", RedirectUris.Problem(uri, native: false)!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "absolute")]
    [InlineData("/callback", "absolute")]
    [InlineData("app.example/callback", "absolute")]
    [InlineData("https://app.example/callback#part", "fragment")]
    [InlineData("https://app.example/callback#", "fragment")]
    [InlineData("http://app.example/callback", "http")]
    [InlineData("http://localhost.evil.example/callback", "http")]
    [InlineData("http://127.0.0.1.evil.example/", "http")]
    [InlineData("HTTPS://app.example/callback", "upper case")]
    [InlineData("https://user@app.example/callback", "user name")]
    [InlineData("https://app.example@evil.example/", "user name")]
    [InlineData("https://app.example%40evil.example/", "absolute")]
    [InlineData("https://*.example/callback", "wildcard")]
    [InlineData("https://app.example/*", "wildcard")]
    [InlineData("https://app.example/a/../b", "path segment")]
    [InlineData("https://app.example/a/%2e%2E/b", "path segment")]
    [InlineData("https://app.example/a/%252e%252e/b", "path segment")]
    [InlineData("https://app.example/a/..;/b", "path segment")]
    [InlineData("https://app.example/a%2f..%2fb", "path segment")]
    [InlineData("https://app.example\\@evil.example/", "not allowed")]
    [InlineData("https://app.example/a b", "not allowed")]
    [InlineData("https://app.example/\u00e9", "not allowed")]
    [InlineData("https:app.example/callback", "absolute")]
    [InlineData("https:///callback", "absolute")]
    [InlineData("https://app.example/cb?code=1", "\"code\"")]
    [InlineData("https://app.example/cb?a=1&%69ss=x", "\"iss\"")]
    [InlineData("javascript:alert(1)//", "browser runs")]
    [InlineData("data:text/html,hello", "browser runs")]
    [InlineData("vbscript:x", "browser runs")]
    [InlineData("myapp:/callback", "reverse")]
    public void These_are_refused_with_the_reason(string uri, string reason)
    {
        Assert.Contains(reason, RedirectUris.Problem(uri, native: true)!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_uri_of_2001_characters_is_refused()
    {
        Assert.Null(RedirectUris.Problem("https://app.example/".PadRight(2000, 'a'), native: false));
        Assert.NotNull(RedirectUris.Problem("https://app.example/".PadRight(2001, 'a'), native: false));
    }
}
