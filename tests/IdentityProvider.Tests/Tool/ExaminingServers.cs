using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace IdentityProvider.Tests.Tool;

/// <summary>idp doctor: a server that is well, and what can be wrong with one.</summary>
public sealed class ExaminingServers
{
    [Fact]
    public async Task A_server_that_is_well_is_found_so()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Document = ToolBench.Document() });
        using var tool = ToolBench.Robot(host);
        var findings = (await tool.JsonAsync("doctor")).AsArray().ToDictionary(finding => (string)finding!["check"]! + (string)finding["detail"]!, finding => (string)finding!["result"]!);
        Assert.DoesNotContain("fail", findings.Values);
        foreach (var check in new[] { "discovery", "proxy", "keys", "clock", "cookies", "sign-in page", "admin API", "signing keys" })
            Assert.Contains(findings, finding => finding.Key.StartsWith(check, StringComparison.Ordinal) && finding.Value == "ok");

        // Whoever is not signed in sees less, and that is no failure.
        tool.Variables.Remove("IDP_CLIENT_SECRET");
        var outside = await tool.RunAsync("doctor");
        Assert.Equal(0, outside.Code);
        Assert.Contains("warn  admin API: ", outside.Output, StringComparison.Ordinal);
        tool.Clock = new Ahead(TimeSpan.FromMinutes(10));
        var late = await tool.RunAsync("doctor");
        Assert.Equal(1, late.Code);
        Assert.Contains("fail  clock: ", late.Output, StringComparison.Ordinal);
        Assert.Contains("NTP", late.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_name_of_the_server_is_a_fault_of_the_proxy()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Document = ToolBench.Document() });
        using var tool = new ToolBench();
        var refused = await tool.RunAsync("doctor", "--server", $"http://127.0.0.1:{host.Issuer.Port}");
        Assert.Equal(1, refused.Code);
        Assert.Contains("fail  discovery: ", refused.Output, StringComparison.Ordinal);
        Assert.Contains("IdentityProvider:Issuer", refused.Output, StringComparison.Ordinal);

        await using var inside = await FakeServer.StartAsync(http => http.Response.WriteAsJsonAsync(new { issuer = "http://inside:8080", jwks_uri = "http://inside:8080/jwks", token_endpoint = "http://inside:8080/token" }));
        var answer = await tool.RunAsync("doctor", "--server", inside.Address.ToString());
        Assert.Equal(1, answer.Code);
        Assert.Contains("fail  discovery: ", answer.Output, StringComparison.Ordinal);
        Assert.Contains("fail  proxy: ", answer.Output, StringComparison.Ordinal);
        Assert.Contains("IdentityProvider:Issuer", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_answers_nothing_or_something_else_is_told()
    {
        using var tool = new ToolBench();
        var nobody = await tool.RunAsync("doctor", "--server", $"http://localhost:{IdpHost.FreePort()}");
        Assert.Equal(1, nobody.Code);
        Assert.Contains("fail  discovery: No answer", nobody.Output, StringComparison.Ordinal);

        await using var page = await FakeServer.StartAsync(http => http.Response.WriteAsync("<h1>\u001b[31mWelcome</h1>"));
        var other = await tool.RunAsync("doctor", "--server", page.Address.ToString());
        Assert.Equal(1, other.Code);
        Assert.DoesNotContain('\u001b', other.Output);
    }

    [Fact]
    public async Task Keys_that_are_gone_cookies_that_are_dropped_and_loops_are_found()
    {
        await using var server = await FakeServer.StartAsync(http =>
        {
            var root = $"http://localhost:{http.Request.Host.Port}";
            http.Response.Headers.SetCookie = "session=x; path=/; secure; domain=example.com";
            switch (http.Request.Path.Value)
            {
                case "/.well-known/openid-configuration":
                    return http.Response.WriteAsJsonAsync(new { issuer = root, jwks_uri = $"{root}/jwks", token_endpoint = $"{root}/token" });
                case "/jwks":
                    return http.Response.WriteAsJsonAsync(new { keys = Array.Empty<string>() });
                case "/account":
                    return http.Response.WriteAsync("hello");
                case "/health/ready":
                    http.Response.StatusCode = 503;
                    return Task.CompletedTask;
                case "/api/admin/v1/keys":
                    return http.Response.WriteAsJsonAsync(new { keys = new[] { new { alg = "RS256", state = "Active", signs_from = "2020-01-01T00:00:00Z", signs_until = "2020-04-01T00:00:00Z" } } });
                case "/api/admin/v1/webhooks":
                    return http.Response.WriteAsJsonAsync(new { webhooks = new[] { new { id = "1", url = "https://gone.test", disabled_reason = "It failed for days." } } });
                default:
                    return http.Response.WriteAsJsonAsync(new { users = 1 });
            }
        });
        using var tool = server.Tool();
        var answer = await tool.RunAsync("doctor");
        Assert.Equal(1, answer.Code);
        foreach (var found in new[] { "fail  keys: ", "fail  cookies: ", "warn  headers: ", "fail  /health/ready: ", "fail  signing keys: ", "warn  webhooks: https://gone.test" })
            Assert.Contains(found, answer.Output, StringComparison.Ordinal);

        await using var elsewhere = await FakeServer.StartAsync(http =>
        {
            var root = $"http://localhost:{http.Request.Host.Port}";
            if (http.Request.Path.Value!.StartsWith("/.well", StringComparison.Ordinal))
                return http.Response.WriteAsJsonAsync(new { issuer = root, jwks_uri = $"{root}/jwks" });
            http.Response.Redirect("http://internal:8080/login");
            return Task.CompletedTask;
        });
        Assert.Contains("http://internal:8080", (await tool.RunAsync("doctor", "--server", elsewhere.Address.ToString())).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(90, "not trusted here")]
    [InlineData(-2, "ended")]
    public async Task A_certificate_that_browsers_refuse_is_a_failure_and_no_token_is_sent_over_it(int days, string words)
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-10), now.AddDays(days));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        var tokens = 0;
        await using var server = await FakeServer.StartAsync(http =>
        {
            if (http.Request.Headers.Authorization.Count > 0)
                Interlocked.Increment(ref tokens);
            var root = $"https://localhost:{http.Request.Host.Port}";
            return http.Response.WriteAsJsonAsync(new JsonObject { ["issuer"] = root, ["jwks_uri"] = $"{root}/jwks", ["keys"] = new JsonArray(1) });
        }, certificate);
        using var tool = server.Tool();
        var answer = await tool.RunAsync("doctor");
        Assert.Equal(1, answer.Code);
        Assert.Contains("fail  tls: ", answer.Output, StringComparison.Ordinal);
        Assert.Contains(words, answer.Output, StringComparison.Ordinal);
        Assert.Equal(0, tokens);
    }
}
