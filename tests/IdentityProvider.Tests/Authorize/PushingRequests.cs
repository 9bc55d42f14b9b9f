using System.Net;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using Xunit;

namespace IdentityProvider.Tests.Authorize;

/// <summary>Pushed authorization requests (RFC 9126).</summary>
public sealed class PushingRequests(SignedInServer server) : IClassFixture<SignedInServer>
{
    private readonly IdpHost host = server.Host;
    private readonly RelyingParty client = new(server.Host, "pushed");

    private static Task<Answer> PushAsync(RelyingParty client, params (string Name, string? Value)[] changes) =>
        client.PostAsync("/connect/par", [.. client.AuthorizeParameters("openid", changes).Select(p => (p.Key, (string?)p.Value))]);

    private static string Url(string clientId, Answer pushed, string more = "") =>
        $"/connect/authorize?client_id={clientId}&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}{more}";

    [Fact]
    public async Task The_answer_is_that_of_the_specification_and_leads_to_a_code()
    {
        var pushed = await PushAsync(client);
        Assert.Equal(HttpStatusCode.Created, pushed.Status);
        Assert.StartsWith("urn:ietf:params:oauth:request_uri:", pushed["request_uri"], StringComparison.Ordinal);
        Assert.Equal(60, pushed.Json.GetProperty("expires_in").GetInt32());
        Assert.Contains("no-store", pushed.Response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        var page = await server.Browser.OpenAsync(Url("pushed", pushed));
        Assert.Equal(client.State, page.Query("state"));
        Assert.Equal(HttpStatusCode.OK, (await client.RedeemAsync(page.Query("code"))).Status);
    }

    [Fact]
    public async Task A_client_that_must_push_is_refused_when_it_does_not_and_others_may()
    {
        Assert.Equal("invalid_request", (await server.Browser.OpenAsync(client.AuthorizeUrl())).Query("error"));
        var spa = new RelyingParty(host, "spa");
        Assert.NotEmpty((await server.Browser.OpenAsync(Url("spa", await PushAsync(spa)))).Query("code"));
        Assert.NotEmpty((await server.Browser.OpenAsync(spa.AuthorizeUrl())).Query("code"));
    }

    [Fact]
    public async Task It_is_used_once_under_16_parallel_requests()
    {
        var url = Url("pushed", await PushAsync(client));
        var codes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => CodeAsync(host, server.Browser, url))));
        Assert.Single(codes, c => c.Length > 0);
        Assert.Empty(await CodeAsync(host, server.Browser, url));
    }

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task On_two_nodes_too(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider);
        using var browser = new Browser(nodes.First);
        await new RelyingParty(nodes.First, "trusted").SignInAsync(browser);
        var url = Url("pushed", await PushAsync(new RelyingParty(nodes.First, "pushed")));
        var codes = await Task.WhenAll(Enumerable.Range(0, TwoNodes.Parallel).Select(i => Task.Run(() => CodeAsync(i % 2 == 0 ? nodes.First : nodes.Second, browser, url))));
        Assert.Single(codes, c => c.Length > 0);
    }

    [Fact]
    public async Task It_lives_a_minute()
    {
        var (inTime, late) = (await PushAsync(client), await PushAsync(client));
        server.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.NotEmpty((await server.Browser.OpenAsync(Url("pushed", inTime))).Query("code"));
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        var page = await server.Browser.OpenAsync(Url("pushed", late));
        Assert.Equal((HttpStatusCode.BadRequest, "/connect/authorize"), (page.Status, page.Url.AbsolutePath));
    }

    [Theory]
    [InlineData("trusted")]
    [InlineData("spa")]
    [InlineData("nobody")]
    public async Task It_belongs_to_the_client_that_pushed_it(string other)
    {
        var pushed = await PushAsync(client);
        var page = await server.Browser.OpenAsync(Url(other, pushed));
        Assert.Equal((HttpStatusCode.BadRequest, "/connect/authorize"), (page.Status, page.Url.AbsolutePath));
        Assert.NotEmpty((await server.Browser.OpenAsync(Url("pushed", pushed))).Query("code"));
    }

    [Fact]
    public async Task What_the_address_says_beside_it_changes_nothing()
    {
        var page = await server.Browser.OpenAsync(Url("pushed", await PushAsync(client), "&state=forged&scope=profile&redirect_uri=https%3A%2F%2Fevil.test%2F"));
        Assert.DoesNotContain("evil", page.Url.ToString(), StringComparison.Ordinal);
        Assert.NotEqual("forged", page.Query("state"));
    }

    [Theory]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request")]
    [InlineData("request_uri", "https://evil.test/request", "invalid_request")]
    [InlineData("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("scope", "openid unknown", "invalid_scope")]
    [InlineData("resource", "https://unknown.test", "invalid_target")]
    [InlineData("redirect_uri", "https://evil.test/", "invalid_request")]
    public async Task What_would_be_refused_later_is_refused_at_once(string name, string value, string error)
    {
        var answer = await PushAsync(client, (name, value));
        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));
        Assert.NotEmpty(answer["error_description"]!);
    }

    [Theory]
    [InlineData("urn:ietf:params:oauth:request_uri:unknown")]
    [InlineData("https://evil.test/request")]
    [InlineData("file:///etc/passwd")]
    [InlineData("x")]
    public async Task An_address_of_another_kind_is_never_fetched(string uri)
    {
        var page = await server.Browser.OpenAsync($"/connect/authorize?client_id=pushed&request_uri={Uri.EscapeDataString(uri)}");
        Assert.Equal((HttpStatusCode.BadRequest, "/connect/authorize"), (page.Status, page.Url.AbsolutePath));
    }

    private static async Task<string> CodeAsync(IdpHost node, Browser browser, string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Cookie", browser.Cookies.GetCookieHeader(node.Issuer));
        using var response = await node.Http.SendAsync(request);
        Assert.InRange((int)response.StatusCode, 200, 499);
        return response.Headers.Location is { IsAbsoluteUri: true } location ? System.Web.HttpUtility.ParseQueryString(location.Query)["code"] ?? "" : "";
    }
}
