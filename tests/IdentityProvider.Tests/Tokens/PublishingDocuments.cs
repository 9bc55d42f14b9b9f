using System.Net;
using System.Text.Json;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>Discovery and JWKS: one truth at both addresses, to be kept by caches, read by registered origins, whatever the request says of the host.</summary>
public sealed class PublishingDocuments(SignedInServer server) : IClassFixture<SignedInServer>
{
    private const string Discovery = "/.well-known/openid-configuration", OAuth = "/.well-known/oauth-authorization-server", Keys = "/.well-known/jwks";
    private readonly IdpHost host = server.Host;

    public static TheoryData<string, string> Documents => new() { { Discovery, "public, max-age=300" }, { OAuth, "public, max-age=300" }, { Keys, "public, max-age=3600" } };

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return host.Http.SendAsync(request);
    }

    [Fact]
    public async Task Every_endpoint_it_names_is_there()
    {
        using var document = JsonDocument.Parse(await host.Http.GetStringAsync(Discovery));
        foreach (var member in document.RootElement.EnumerateObject().Where(m => m.Name.EndsWith("_endpoint", StringComparison.Ordinal) || m.Name == "jwks_uri"))
        {
            var url = new Uri(member.Value.GetString()!);
            Assert.Equal(host.Issuer.Authority, url.Authority);
            Assert.NotEqual(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, url.AbsolutePath)).StatusCode);
        }
    }

    [Theory, MemberData(nameof(Documents))]
    public async Task They_are_kept_and_asked_for_again_by_tag(string path, string cacheControl)
    {
        using var got = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(cacheControl, got.Headers.CacheControl!.ToString());
        Assert.Equal("application/json", got.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Origin", got.Headers.Vary);
        var tag = got.Headers.ETag!.ToString();
        foreach (var sent in new[] { tag, $"W/{tag}", $"\"other\", {tag}", "*" })
        {
            using var same = await SendAsync(HttpMethod.Get, path, ("If-None-Match", sent));
            Assert.Equal((HttpStatusCode.NotModified, 0), (same.StatusCode, (await same.Content.ReadAsByteArrayAsync()).Length));
            Assert.Equal((tag, cacheControl), (same.Headers.ETag!.ToString(), same.Headers.CacheControl!.ToString()));
        }

        using var other = await SendAsync(HttpMethod.Get, path, ("If-None-Match", "\"other\""));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory, MemberData(nameof(Documents))]
    public async Task The_head_alone_says_the_same(string path, string cacheControl)
    {
        using var head = await SendAsync(HttpMethod.Head, path);
        using var got = await SendAsync(HttpMethod.Get, path);
        Assert.Equal((HttpStatusCode.OK, cacheControl), (head.StatusCode, head.Headers.CacheControl!.ToString()));
        Assert.Equal(got.Headers.ETag, head.Headers.ETag);
        Assert.Equal((await got.Content.ReadAsByteArrayAsync()).Length, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory, MemberData(nameof(Documents))]
    public async Task No_other_method_is_taken(string path, string cacheControl)
    {
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete })
        {
            using var answer = await SendAsync(method, path);
            Assert.InRange((int)answer.StatusCode, 400, 499);
            Assert.NotEqual(cacheControl, answer.Headers.CacheControl!.ToString());
        }
    }

    /// <summary>What one stranger's header says would be served to everybody from the cache.</summary>
    [Theory]
    [InlineData("Host", "evil.test")]
    [InlineData("X-Forwarded-Host", "evil.test")]
    [InlineData("X-Original-Host", "evil.test")]
    [InlineData("Forwarded", "host=evil.test;proto=https")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-Prefix", "/evil.test")]
    public async Task The_issuer_is_configuration_whatever_the_request_says(string header, string value)
    {
        server.Clock.Advance(TimeSpan.FromSeconds(5));
        foreach (var path in new[] { Discovery, OAuth, Keys })
            Assert.DoesNotContain("evil", await (await SendAsync(HttpMethod.Get, path, (header, value))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(await host.Http.GetStringAsync(Discovery));
        Assert.Equal(host.Issuer.ToString().TrimEnd('/'), document.RootElement.GetProperty("issuer").GetString());
        Assert.Equal(host["/connect/token"].ToString(), document.RootElement.GetProperty("token_endpoint").GetString());

        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]) };
        request.Headers.Authorization = RelyingParty.Basic("worker", TestDocument.Secret);
        request.Headers.TryAddWithoutValidation(header, value);
        var answer = await new RelyingParty(host).SendAsync(request);
        if (answer.Status == HttpStatusCode.OK)
            Assert.Equal(host.Issuer.ToString().TrimEnd('/'), RelyingParty.Claims(answer["access_token"]!).GetProperty("iss").GetString());
        else
            Assert.Equal(("Host", HttpStatusCode.MisdirectedRequest), (header, answer.Status));
    }

    [Fact]
    public async Task Keys_are_public_halves_for_signing_alone()
    {
        using var document = JsonDocument.Parse(await host.Http.GetStringAsync(Keys));
        var keys = document.RootElement.GetProperty("keys").EnumerateArray().ToList();
        Assert.Equal(["ES256", "PS256", "RS256"], keys.Select(k => k.GetProperty("alg").GetString()).Distinct().Order());
        foreach (var key in keys)
        {
            Assert.Equal("sig", key.GetProperty("use").GetString());
            Assert.NotEmpty(key.GetProperty("kid").GetString()!);
            Assert.DoesNotContain(key.EnumerateObject(), p => p.Name is "d" or "p" or "q" or "dp" or "dq" or "qi" or "k");
        }

        Assert.Equal(keys.Count, keys.Select(k => k.GetProperty("kid").GetString()).Distinct().Count());
    }
}
