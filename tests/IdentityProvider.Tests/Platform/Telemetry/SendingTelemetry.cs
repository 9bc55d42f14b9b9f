using System.Net;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using Xunit;

namespace IdentityProvider.Tests.Platform.Telemetry;

/// <summary>What leaves the server for those who watch it, and what must not.</summary>
public sealed class SendingTelemetry
{
    [Fact]
    public async Task A_whole_sign_in_goes_out_by_OTLP_without_a_secret_or_a_name_in_it()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var host = await IdpHost.StartAsync(new IdpSetup { Variables = receiver.Variables, Services = services => services.AddLogging(log => log.SetMinimumLevel(LogLevel.Trace)) });
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await browser.OpenAsync(client.AuthorizeUrl("openid profile email offline_access", ("login_hint", "grace@example.test")));
        await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", "a wrong password nobody has"));
        var page = await client.SignInAsync(browser, "openid profile email offline_access", "grace");
        var code = page.Query("code");
        var tokens = await client.RedeemAsync(code);
        var again = await client.RedeemAsync(code);
        var refreshed = await new RelyingParty(host, "trusted").RefreshAsync("no-such-refresh-token-0123456789");
        await client.GetAsync("/connect/userinfo", tokens["access_token"]!);
        Assert.Equal(("invalid_grant", "invalid_grant"), (again.Error, refreshed.Error));
        OtlpReceiver.Flush(host);

        var (traces, metrics, logs) = (receiver.Text("traces"), receiver.Text("metrics"), receiver.Text("logs"));
        Assert.Contains("POST /connect/token", traces, StringComparison.Ordinal);
        Assert.Contains("password.hash", traces, StringComparison.Ordinal);
        Assert.Contains("db.system.name", traces, StringComparison.Ordinal);
        foreach (var name in new[] { "identityprovider.grants", "identityprovider.sign_ins", "identityprovider.tokens", "identityprovider.password.hash.duration", "db.client.operation.duration", "http.server.request.duration" })
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        foreach (var line in new[] { "sign_in.refused", "tokens.issued", "tokens.request_refused", "wrong_password", again["error_id"]! })
            Assert.Contains(line, logs, StringComparison.Ordinal);

        string[] secrets =
        [
            TestDocument.Password, "a wrong password nobody has", TestDocument.Secret, code, tokens["access_token"]!, tokens["id_token"]!, tokens["refresh_token"]!, "no-such-refresh-token-0123456789",
            client.State, client.Nonce, client.Verifier, client.Challenge, browser.Cookies.GetCookies(host.Issuer)["session"]!.Value, "grace", "Grace Hopper", "example.test", "url.query", "url.path", "user_agent", "client.address",
        ];
        foreach (var secret in secrets)
            foreach (var (signal, text) in new[] { ("traces", traces), ("metrics", metrics), ("logs", string.Join('\n', logs.Split('\n').Where(line => !line.Contains("Demo user:", StringComparison.Ordinal)))) })
                Assert.False(text.Contains(secret, StringComparison.OrdinalIgnoreCase), $"\"{secret}\" is in the {signal}.");
    }

    [Fact]
    public async Task Prometheus_reads_at_a_port_of_its_own_and_nobody_at_the_public_one()
    {
        var port = IdpHost.FreePort();
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = { ["Telemetry:PrometheusPort"] = $"{port}" } });
        using var browser = new Browser(host);
        await new RelyingParty(host, "trusted").TokensAsync(browser, "openid", "grace");
        using var prometheus = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var text = "";
        await Eventually.HoldsAsync(async () => (text = await prometheus.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Contains("identityprovider_sessions", StringComparison.Ordinal));
        Assert.Contains("identityprovider_grants_total{", text, StringComparison.Ordinal);
        Assert.Contains("grant_type=\"authorization_code\"", text, StringComparison.Ordinal);
        Assert.Contains("identityprovider_signing_key_age_seconds{", text, StringComparison.Ordinal);
        Assert.DoesNotContain("grace", text, StringComparison.OrdinalIgnoreCase);

        using var open = await host.Http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, open.StatusCode);
        using var other = await prometheus.GetAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task Nothing_is_collected_unless_it_is_asked_for()
    {
        await using var host = await IdpHost.StartAsync();
        Assert.Null(host.Services.GetService<MeterProvider>());
        using var open = await host.Http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, open.StatusCode);
    }

    /// <summary>A collector that is away is the operator's to mend: people sign in.</summary>
    [Fact]
    public async Task A_receiver_that_is_away_changes_nothing_for_anybody()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Variables = new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{IdpHost.FreePort()}", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "500" } });
        using var browser = new Browser(host);
        Assert.Null((await new RelyingParty(host, "trusted").TokensAsync(browser, "openid", "grace")).Error);
    }
}
