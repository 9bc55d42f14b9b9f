using System.Net;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Platform.Http;

/// <summary>A server whose issuer is https, listening on plain http as behind a proxy that ends TLS.</summary>
public sealed class ReachingTheServer
{
    private const string Issuer = "https://id.example.com";

    [Theory]
    [InlineData("GET", "/login?ticket=x", HttpStatusCode.PermanentRedirect)]
    [InlineData("HEAD", "/account", HttpStatusCode.PermanentRedirect)]
    [InlineData("POST", "/login", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/connect/token", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/connect/authorize", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/.well-known/openid-configuration", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/api/me", HttpStatusCode.BadRequest)]
    public async Task Plain_http_is_led_to_https_or_refused(string method, string path, HttpStatusCode expected)
    {
        await using var host = await StartAsync();
        using var answer = await SendAsync(host, method, path);
        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.PermanentRedirect)
            Assert.Equal(Issuer + path, answer.Headers.Location!.ToString());
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Without_trusted_proxies_nobody_can_say_that_it_was_https()
    {
        await using var host = await StartAsync();
        using var answer = await SendAsync(host, "GET", "/.well-known/openid-configuration", ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.51.100.7"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("TrustedProxies", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trusted_proxy_is_believed_and_browsers_are_told_to_stay_on_https()
    {
        await using var host = await StartAsync(("Network:TrustedProxies:0", "127.0.0.1"), ("Network:HstsIncludeSubDomains", "true"));
        using var answer = await SendAsync(host, "GET", "/.well-known/openid-configuration", ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("max-age=31536000; includeSubDomains", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        var document = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"\"{Issuer}/connect/token\"", document, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_is_not_listed_is_not_believed()
    {
        await using var host = await StartAsync(("Network:TrustedProxies:0", "10.0.0.0/8"));
        using var answer = await SendAsync(host, "GET", "/.well-known/jwks", ("X-Forwarded-Proto", "https"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_each_address_has_its_own_limit_and_the_first_word_of_the_header_is_not_believed()
    {
        await using var host = await StartAsync(("Network:TrustedProxies:0", "127.0.0.1"), ("RateLimits:ClientAuthenticationFailures:Permits", "1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await FailAsync("198.51.100.7"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await FailAsync("198.51.100.7"));
        Assert.Equal(HttpStatusCode.Unauthorized, await FailAsync("198.51.100.8"));

        // The proxy appends the peer it saw; what stands before it came from the peer itself.
        Assert.Equal(HttpStatusCode.TooManyRequests, await FailAsync("203.0.113.9, 198.51.100.7"));

        async Task<HttpStatusCode> FailAsync(string forwarded)
        {
            using var answer = await SendAsync(host, "POST", "/connect/token", ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", forwarded),
                ("Authorization", "Basic " + Convert.ToBase64String("worker:wrong"u8)));
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("id.example.com.evil.example")]
    [InlineData("127.0.0.1")]
    [InlineData("")]
    public async Task Another_host_name_is_refused(string name)
    {
        await using var host = await StartAsync(("Network:TrustedProxies:0", "127.0.0.1"));
        foreach (var path in new[] { "/.well-known/openid-configuration", "/login", "/connect/authorize" })
        {
            using var answer = await SendAsync(host, "GET", path, ("X-Forwarded-Proto", "https"), ("Host", name));
            Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
            if (name.Length > 0)
                Assert.DoesNotContain(name, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ID.example.com")]
    [InlineData("id.example.com:8443")]
    [InlineData("idp.internal")]
    public async Task Its_own_name_and_the_listed_ones_are_answered(string name)
    {
        await using var host = await StartAsync(("Network:TrustedProxies:0", "127.0.0.1"), ("Network:FurtherHosts:0", "idp.internal"));
        using var answer = await SendAsync(host, "GET", "/.well-known/jwks", ("X-Forwarded-Proto", "https"), ("Host", name));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/.well-known/jwks")]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    public async Task The_head_of_a_document_is_that_of_the_document(string path)
    {
        await using var host = await IdpHost.StartAsync();
        using var head = await host.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        using var whole = await host.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(whole.Headers.ETag, head.Headers.ETag);
        Assert.Equal(whole.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    private static Task<IdpHost> StartAsync(params (string Name, string Value)[] settings) => IdpHost.StartAsync(new IdpSetup
    {
        Issuer = new Uri(Issuer),
        Port = IdpHost.FreePort(),
        Settings = settings.ToDictionary(s => s.Name, s => s.Value),
    });

    private static async Task<HttpResponseMessage> SendAsync(IdpHost host, string method, string path, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://127.0.0.1:{host.Http.BaseAddress!.Port}{path}");
        request.Headers.Host = "id.example.com";
        if (method == "POST")
            request.Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "client_credentials")]);
        foreach (var (name, value) in headers)
            if (name == "Host")
                request.Headers.Host = value;
            else
                request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request);
    }
}
