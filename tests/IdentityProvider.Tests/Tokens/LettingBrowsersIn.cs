using System.Net;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>CORS: the registered origins of public clients, at the endpoints a browser application calls, without cookies.</summary>
public sealed class LettingBrowsersIn(SignedInServer server) : IClassFixture<SignedInServer>
{
    private const string Registered = "https://spa.test";
    private readonly IdpHost host = server.Host;

    public static TheoryData<string, string> Open => new()
    {
        { "POST", "/connect/token" }, { "GET", "/connect/userinfo" }, { "POST", "/connect/revoke" },
        { "GET", "/.well-known/openid-configuration" }, { "GET", "/.well-known/oauth-authorization-server" }, { "GET", "/.well-known/jwks" },
    };

    private Task<HttpResponseMessage> SendAsync(string method, string path, string origin, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? new FormUrlEncodedContent([new("client_id", "spa"), new("grant_type", "refresh_token"), new("token", "x"), new("refresh_token", "x")]) : null };
        request.Headers.TryAddWithoutValidation("Origin", origin);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return host.Http.SendAsync(request);
    }

    private static string? Allowed(HttpResponseMessage answer) => answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? Assert.Single(values) : null;

    private static void Closed(HttpResponseMessage answer) =>
        Assert.DoesNotContain(answer.Headers, h => h.Key.StartsWith("Access-Control-Allow", StringComparison.OrdinalIgnoreCase));

    [Theory, MemberData(nameof(Open))]
    public async Task A_registered_origin_reads_the_answer_and_what_is_wrong_with_a_request(string method, string path)
    {
        using var answer = await SendAsync(method, path, Registered);
        Assert.Equal(Registered, Allowed(answer));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));

        using var preflight = await SendAsync("OPTIONS", path, Registered, ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "authorization,content-type"));
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(Registered, Allowed(preflight));
        Assert.Contains(method, string.Join(',', preflight.Headers.GetValues("Access-Control-Allow-Methods")), StringComparison.Ordinal);
        Assert.Contains("authorization", string.Join(',', preflight.Headers.GetValues("Access-Control-Allow-Headers")), StringComparison.Ordinal);
        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Equal("600", preflight.Headers.GetValues("Access-Control-Max-Age").Single());
    }

    [Theory, MemberData(nameof(Open))]
    public async Task Every_other_origin_reads_nothing(string method, string path)
    {
        // A confidential client's site calls from its server; the rest are look-alikes.
        foreach (var origin in new[] { "https://client.test", "null", "*", "https://evil.test", "http://spa.test", "https://spa.test:8443", "https://SPA.test", "https://spa.test.evil.test", "https://evilspa.test", "https://spa.test/", "https://spa.test, https://evil.test", new string('a', 600) })
        {
            using var answer = await SendAsync(method, path, origin);
            Closed(answer);
            using var preflight = await SendAsync("OPTIONS", path, origin, ("Access-Control-Request-Method", method));
            Closed(preflight);
        }
    }

    [Theory]
    [InlineData("GET", "/connect/authorize")]
    [InlineData("POST", "/connect/authorize")]
    [InlineData("POST", "/connect/introspect")]
    [InlineData("POST", "/connect/par")]
    [InlineData("POST", "/connect/device")]
    [InlineData("GET", "/connect/endsession")]
    [InlineData("GET", "/login")]
    [InlineData("GET", "/account")]
    public async Task No_other_door_is_open_to_scripts_of_other_sites(string method, string path)
    {
        using var answer = await SendAsync(method, path, Registered);
        Closed(answer);
        using var preflight = await SendAsync("OPTIONS", path, Registered, ("Access-Control-Request-Method", method));
        Closed(preflight);
    }

    [Fact]
    public async Task A_script_may_not_send_what_was_not_allowed()
    {
        using var method = await SendAsync("OPTIONS", "/connect/token", Registered, ("Access-Control-Request-Method", "DELETE"));
        Assert.DoesNotContain("DELETE", string.Join(',', method.Headers.TryGetValues("Access-Control-Allow-Methods", out var methods) ? methods : []), StringComparison.Ordinal);
        using var header = await SendAsync("OPTIONS", "/connect/token", Registered, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "x-anything"));
        Assert.DoesNotContain("x-anything", string.Join(',', header.Headers.TryGetValues("Access-Control-Allow-Headers", out var headers) ? headers : []), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_application_redeems_its_code_and_reads_who_it_is()
    {
        var spa = new RelyingParty(host, "spa");
        var code = await server.CodeAsync(spa, "openid profile");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "authorization_code"), new("client_id", "spa"), new("code", code), new("redirect_uri", spa.RedirectUri), new("code_verifier", spa.Verifier)]),
        };
        request.Headers.Add("Origin", Registered);
        var tokens = await spa.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, Registered), (tokens.Status, Allowed(tokens.Response)));
        using var who = await SendAsync("GET", "/connect/userinfo", Registered, ("Authorization", $"Bearer {tokens["access_token"]}"));
        Assert.Equal((HttpStatusCode.OK, Registered), (who.StatusCode, Allowed(who)));
        using var refused = await SendAsync("GET", "/connect/userinfo", Registered, ("Authorization", "Bearer x"));
        Assert.Equal((HttpStatusCode.Unauthorized, Registered), (refused.StatusCode, Allowed(refused)));
    }
}
