using System.Net;
using System.Text.Json.Nodes;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using Xunit;

namespace IdentityProvider.Tests.Authorize;

/// <summary>Redirect URIs are compared as text (RFC 9700 section 2.1); what does not match is never redirected to, whatever else is wrong.</summary>
public sealed class MatchingRedirectUris(MatchingRedirectUris.Server server) : IClassFixture<MatchingRedirectUris.Server>
{
    public sealed class Server : IAsyncLifetime
    {
        internal IdpHost Host { get; private set; } = null!;

        /// <summary>local: a web application on the developer's machine. six: a native one on IPv6.</summary>
        public async Task InitializeAsync() => Host = await IdpHost.StartAsync(new IdpSetup
        {
            Document = Documents.With(
                Public("local", "web", "http://localhost:5000/callback", "http://127.0.0.1:5000/callback"),
                Public("six", "native", "http://[::1]/callback", "http://127.0.0.1:7000/fixed?a=b")),
        });

        private static JsonObject Public(string id, string type, params string[] uris) => new()
        {
            ["client_id"] = id,
            ["token_endpoint_auth_method"] = "none",
            ["application_type"] = type,
            ["redirect_uris"] = new JsonArray([.. uris.Select(u => JsonValue.Create(u))]),
            ["scope"] = "openid",
        };

        public async Task DisposeAsync() => await Host.DisposeAsync();
    }

    private readonly IdpHost host = server.Host;

    public static TheoryData<string, string> Strangers
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var uri in new[]
            {
                "https://client.test/callback ", " https://client.test/callback", "https://client.test/callback\n", "https://client.test/callback\t", "https://client.test/callback\\",
                "https://client.test/callback;x=y", "https://client.test/callback%2f", "https://client.test/callback%20", "https://client.test/callback?", "https://client.test/callback#",
                "https://client.test/./callback", "https://client.test/%2e/callback", "https://client.test/x/%2e%2e/callback", "https://client.test/x/%252e%252e/callback",
                "https://client.test//callback", "https://client.test\\callback", "https:/client.test/callback", "https:client.test/callback", "https://client.test./callback",
                "https://client.test:0443/callback", "https://client.test:/callback", "https://client.test%2f@evil.test/callback", "https://client.test%00.evil.test/callback",
                "https://client.test\\@evil.test/callback", "https://evil.test\\@client.test/callback", "https://evil.test#@client.test/callback", "https://evil.test?https://client.test/callback",
                "https://clienttest/callback", "https://client-test/callback", "https://xclient.test/callback", "https://\uff43lient.test/callback", "https://client.t\u0435st/callback",
                "https://client.test/other", "https://client.test/other?a=b&c=d", "https://client.test/other?c=d&a=b", "https://client.test/other?A=b", "https://client.test/other?a=%62", "https://client.test/other?a=b#",
                "data:text/html,https://client.test/callback", "callback", "/callback", "https://client.test/bye",
                "urn:ietf:wg:oauth:2.0:oob", "https://[::1]/callback", new string('a', 2001),
            })
                data.Add("web", uri);

            // A web application's port is part of its name, on the own machine too.
            foreach (var uri in new[] { "http://localhost:5001/callback", "http://localhost/callback", "http://127.0.0.1:1/callback", "http://[::1]:5000/callback", "http://LOCALHOST:5000/callback" })
                data.Add("local", uri);

            foreach (var uri in new[]
            {
                "https://127.0.0.1:1/callback", "http://[::1]:1/callback", "http://127.0.0.1@evil.test/callback", "http://user@127.0.0.1:1/callback", "http://127.0.0.1:1@evil.test/callback",
                "http://localhost.evil.test:1/callback", "http://127.0.0.1.evil.test:1/callback", "http://127.0.0.1:1/callback/", "http://127.0.0.1:1/Callback", "http://127.0.0.1:1/callback#x", "http://127.0.0.1:1/callback?x=y",
                "http://127.0.0.1:1/x/../callback", "http://127.0.0.1:1/%63allback", "http://127.0.0.1:99999/callback", "http://127.0.0.1:x/callback", "http://0.0.0.0:1/callback", "http://10.0.0.1:1/callback",
                "http://127.0.0.1:1\\callback", "HTTP://127.0.0.1:1/callback", "http://LOCALHOST:1/callback", "http://127.1:1/callback", "http://2130706433:1/callback", "com.example.app://callback", "COM.example.app:/callback", "com.example.app:/callback?x=y", "com.example.app.evil:/callback",
            })
                data.Add("native", uri);
            foreach (var uri in new[] { "http://127.0.0.1:1/callback", "http://[::2]:1/callback", "http://[::ffff:127.0.0.1]:1/callback", "http://127.0.0.1:1/fixed", "http://127.0.0.1:1/fixed?a=c" })
                data.Add("six", uri);
            return data;
        }
    }

    [Theory, MemberData(nameof(Strangers))]
    public async Task What_is_not_registered_never_redirects_whatever_else_is_wrong(string id, string redirectUri)
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, id, redirectUri);
        foreach (var (name, value) in new (string, string?)[] { ("display", "page"), ("prompt", "none"), ("response_type", "token"), ("code_challenge", null) })
        {
            var page = await browser.OpenAsync(client.AuthorizeUrl("openid", (name, value), ("response_mode", "form_post")));
            Assert.Equal((HttpStatusCode.BadRequest, "/connect/authorize"), (page.Status, page.Url.AbsolutePath));
            Assert.Null(page.Response.Headers.Location);
            Assert.Null(page.Document.QuerySelector("form[action*=callback], meta[http-equiv]"));
        }
    }

    [Theory]
    [InlineData("web", "https://client.test/other?a=b")]
    [InlineData("local", "http://localhost:5000/callback")]
    [InlineData("six", "http://[::1]:50123/callback")]
    [InlineData("six", "http://127.0.0.1:50123/fixed?a=b")]
    [InlineData("native", "http://127.0.0.1:65535/callback")]
    [InlineData("native", "http://127.0.0.1/callback")]
    public async Task What_is_registered_is_answered_and_a_query_of_its_own_kept(string id, string redirectUri)
    {
        using var browser = new Browser(host);
        var page = await browser.OpenAsync(new RelyingParty(host, id, redirectUri).AuthorizeUrl("openid", ("prompt", "none")));
        Assert.StartsWith(redirectUri, page.Url.ToString(), StringComparison.Ordinal);
        Assert.Equal("login_required", page.Query("error"));
    }

    [Fact]
    public async Task The_same_by_post_and_when_pushed()
    {
        using var browser = new Browser(host);
        var evil = new RelyingParty(host, "web", "https://evil.test/callback");
        var page = await browser.PostAsync(host["/connect/authorize"], evil.AuthorizeParameters());
        Assert.Equal((HttpStatusCode.BadRequest, "/connect/authorize"), (page.Status, page.Url.AbsolutePath));
        var pushed = await evil.PostAsync("/connect/par", [.. evil.AuthorizeParameters().Select(p => (p.Key, (string?)p.Value))]);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (pushed.Status, pushed.Error));
        page = await browser.OpenAsync(new RelyingParty(host, "nobody", TestDocument.Callback).AuthorizeUrl());
        Assert.Equal((HttpStatusCode.BadRequest, "/connect/authorize"), (page.Status, page.Url.AbsolutePath));
        page = await browser.OpenAsync(new RelyingParty(host).AuthorizeUrl("openid", ("redirect_uri", null)));
        Assert.Equal((HttpStatusCode.BadRequest, "/connect/authorize"), (page.Status, page.Url.AbsolutePath));
    }
}
