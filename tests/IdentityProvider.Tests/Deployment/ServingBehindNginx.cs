using System.Net;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Deployment;

/// <summary>Two nodes behind nginx: whichever of them is asked, it is one server.</summary>
[Collection(nameof(Cluster))]
public sealed class ServingBehindNginx(Cluster cluster)
{
    private const string Scope = "openid offline_access notes:read";

    [NginxFact]
    public async Task A_sign_in_goes_from_node_to_node_and_its_end_is_seen_by_both()
    {
        await cluster.AlternatesAsync();
        var before = cluster.Nginx.Log().Count;
        using var browser = cluster.Browse();
        var client = new RelyingParty(cluster.Http, "trusted");
        var page = await client.SignInAsync(browser, Scope, "grace");
        var tokens = await client.RedeemAsync(page.Query("code"));
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        var renewed = await client.RefreshAsync(tokens["refresh_token"]!);
        Assert.Equal(HttpStatusCode.OK, renewed.Status);

        var passed = await cluster.PassedAsync(before, 6);
        Assert.Equal(2, passed.Select(p => p.Node).Distinct().Count());
        var form = passed.Single(p => p is { Method: "GET", Path: "/login" });
        var answer = passed.Single(p => p is { Method: "POST", Path: "/login" });
        var code = passed.Last(p => p.Path == "/connect/authorize");
        var (redeemed, refreshed) = (passed[^2], passed[^1]);
        Assert.Equal(("/connect/token", "/connect/token"), (redeemed.Path, refreshed.Path));
        Assert.NotEqual(form.Node, answer.Node);
        Assert.NotEqual(code.Node, redeemed.Node);
        Assert.NotEqual(redeemed.Node, refreshed.Node);

        foreach (var node in new[] { cluster.First, cluster.Second })
            Assert.Equal(HttpStatusCode.OK, (await new RelyingParty(node.Http).GetAsync("/connect/userinfo", renewed["access_token"]!)).Status);
        page = await browser.OpenAsync($"/connect/endsession?id_token_hint={renewed["id_token"] ?? tokens["id_token"]}&post_logout_redirect_uri={Uri.EscapeDataString("https://client.test/bye")}");
        Assert.Equal("https://client.test/bye", page.Url.ToString());
        foreach (var node in new[] { cluster.First, cluster.Second })
        {
            var there = new RelyingParty(node.Http, "trusted");
            using var request = new HttpRequestMessage(HttpMethod.Get, there.AuthorizeUrl("openid", ("prompt", "none")));
            request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(cluster.Issuer));
            using var asked = await node.Http.SendAsync(request);
            Assert.Contains("login_required", asked.Headers.Location!.Query, StringComparison.Ordinal);
            Assert.Equal("invalid_grant", (await there.RefreshAsync(renewed["refresh_token"]!)).Error);
            await Eventually.HoldsAsync(async () => (await there.GetAsync("/connect/userinfo", renewed["access_token"]!)).Status == HttpStatusCode.Unauthorized);
        }
    }

    [NginxFact]
    public async Task Nobody_chooses_the_address_they_are_seen_from()
    {
        using var browser = cluster.Browse(from: "127.0.0.3", claims: "198.51.100.7");
        Assert.NotEmpty((await new RelyingParty(cluster.Http, "trusted").SignInAsync(browser, "openid", "grace")).Query("code"));
        var seen = await cluster.InStoreAsync(db => db.Set<Session>().Select(s => s.Address).Distinct().ToListAsync());
        Assert.Contains("127.0.0.3", seen);
        Assert.DoesNotContain("198.51.100.7", seen);

        // Past nginx, from an address that is not nginx's: not even https is believed. From nginx's own it is.
        foreach (var (from, expected) in new[] { ("127.0.0.4", HttpStatusCode.BadRequest), ("127.0.0.1", HttpStatusCode.OK) })
        {
            using var direct = new HttpClient(Loopback.From(from));
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(cluster.First.Http.BaseAddress!, "/.well-known/jwks"));
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Forwarded-For", "198.51.100.7");
            using var answer = await direct.SendAsync(request);
            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [NginxFact]
    public async Task Plain_http_and_old_protocols_lead_nowhere_and_browsers_are_told_to_stay()
    {
        var plain = new Uri($"http://localhost:{cluster.Nginx.PlainPort}/connect/token?a=b");
        using var http = new HttpClient(Loopback.From("127.0.0.1"));
        using var led = await http.GetAsync(plain);
        Assert.Equal((HttpStatusCode.PermanentRedirect, "https://localhost/connect/token?a=b"), (led.StatusCode, led.Headers.Location!.ToString()));
        using var refused = await http.PostAsync(plain, new FormUrlEncodedContent([KeyValuePair.Create("client_secret", "sent in the clear")]));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/openid-configuration") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await cluster.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        Assert.StartsWith("max-age=", answer.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
        Assert.Equal("nginx", answer.Headers.Server.ToString());
    }

    /// <summary>Long state, long answers: nothing on the way is narrower than the server.</summary>
    [NginxFact]
    public async Task What_the_server_takes_and_says_passes_through()
    {
        using var browser = cluster.Browse();
        var state = new string('s', 2000);
        var page = await new RelyingParty(cluster.Http, "trusted") { State = state }.SignInAsync(browser, "openid", "grace");
        Assert.Equal(state, page.Query("state"));

        using var large = new ByteArrayContent(new byte[2 * 1024 * 1024]);
        using var answer = await cluster.Http.PostAsync(new Uri("/api/admin/v1/users/import", UriKind.Relative), large);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [NginxFact]
    public async Task Without_any_node_clients_read_JSON_and_people_a_page()
    {
        using var alone = await Nginx.StartAsync(new Uri($"https://localhost:{IdpHost.FreePort()}"), $"127.0.0.1:{IdpHost.FreePort()}", $"127.0.0.1:{IdpHost.FreePort()}");
        using var http = new HttpClient(alone.WayFrom()) { BaseAddress = alone.Issuer };
        using var client = await http.PostAsync(new Uri("/connect/token", UriKind.Relative), new FormUrlEncodedContent([]));
        using var person = await http.GetAsync(new Uri("/connect/authorize?client_id=web", UriKind.Relative));
        foreach (var (answer, type, says) in new[] { (client, "application/json", "\"temporarily_unavailable\""), (person, "text/html", "Back in a moment") })
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter!.Delta);
            Assert.Contains(says, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }
}

/// <summary>One cluster for the tests that need it, one after the other.</summary>
[CollectionDefinition(nameof(Cluster))]
public sealed class ClusterTests : ICollectionFixture<Cluster>;
