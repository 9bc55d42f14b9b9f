using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using IdentityProvider.Platform.Events;
using IdentityProvider.Tests.Admin;
using IdentityProvider.Tests.ApiKeys;
using IdentityProvider.Tests.Registration;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Audit;

/// <summary>A day of a server, and then every secret of that day is looked for in the audit, its exports, the log and what goes out by OTLP.</summary>
public sealed partial class KeepingSecretsOut
{
    private const string Wrong = "a wrong password nobody has", Chosen = "a password of a new person", Another = "another password of that person", ProviderSecret = "the-secret-that-we-have-at-the-provider-0123456789";

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Dictionary<string, string> secrets = new(StringComparer.Ordinal) { ["wrong password"] = Wrong, ["password"] = TestDocument.Password, ["password of the new person"] = Chosen, ["changed password"] = Another, ["TOTP key"] = TestDocument.TotpSecret, ["client secret"] = TestDocument.Secret, ["provider secret"] = ProviderSecret };

    [Fact]
    public async Task No_secret_is_in_the_audit_its_exports_the_log_or_telemetry()
    {
        var log = new Lines();
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var host = await IdpHost.StartAsync(new IdpSetup
        {
            Clock = clock,
            Log = log,
            Variables = receiver.Variables,
            Document = RightsBench.Document("clients:manage", "clients:read", "providers:manage", "webhooks:manage").Replace("openid profile roles urn", "openid profile email offline_access roles urn", StringComparison.Ordinal),
            Settings = { ["Registration:Mode"] = "Open", ["Registration:MinimumSeconds"] = "0", ["ClientRegistration:Enabled"] = "true", ["Network:ReachableNetworks:0"] = "127.0.0.0/8" },
        });
        var bench = new RightsBench(host, clock);
        await ComeAndGoAsync(host);
        var token = Keep("admin access token", await bench.TokenAsync("ada"));
        await AdministerAsync(host, bench, token);
        Assert.True(secrets.Count > 20, $"Only {secrets.Count} secrets were met.");
        Assert.All(secrets, secret => Assert.True(secret.Value.Length >= 8, $"{secret.Key} is too short to be looked for."));

        var places = await PlacesAsync(host, token, log);
        OtlpReceiver.Flush(host);
        foreach (var signal in new[] { "traces", "metrics", "logs" })
            places[$"the {signal} that go out"] = string.Join('\n', receiver.Text(signal).Split('\n').Where(line => !line.Contains("Demo user:", StringComparison.Ordinal)));
        Assert.True(!Found(places).Any(), string.Join('\n', Found(places).Select(found => $"{found.Secret} in {found.Place}: {found.Excerpt}")));
        Assert.All(places, place => Assert.True(place.Value.Length > 2_000, $"{place.Key} is all but empty."));

        // The search finds what is there.
        await host.RecordAsync(1, secrets["API key"]);
        Assert.Equal(["API key in the CSV export", "API key in the JSON lines", "API key in the table"], Found(await PlacesAsync(host, token, log)).Select(found => $"{found.Secret} in {found.Place}").Order(StringComparer.Ordinal));
    }

    /// <summary>Signs in wrong and right, with one factor and two, gets tokens, forgets the password, says who it was not.</summary>
    private async Task ComeAndGoAsync(IdpHost host)
    {
        using var browser = new Browser(host);
        await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", Wrong));
        await browser.SubmitAsync("Sign in", ("username", Wrong), ("password", Wrong));
        clock.Advance(TimeSpan.FromSeconds(30));
        var client = new RelyingParty(host, "trusted");
        await browser.OpenAsync(client.AuthorizeUrl("openid profile offline_access roles"));
        await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", TestDocument.Password));
        var page = await browser.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(clock.GetUtcNow().UtcDateTime)));
        var tokens = await client.RedeemAsync(Keep("code", page.Query("code")));
        foreach (var kind in new[] { "access_token", "id_token" })
            Keep(kind, tokens[kind]);
        tokens = await client.RefreshAsync(Keep("first refresh token", tokens["refresh_token"]));
        Keep("refresh token", tokens["refresh_token"]);
        Keep("session cookie", browser.Cookies.GetCookies(host.Issuer)["session"]!.Value);

        using var forgetful = new Browser(host);
        await forgetful.OpenAsync("/recover");
        await forgetful.SubmitAsync("Send the mail", ("email", "grace@example.test"));
        var mail = await host.MailAsync("grace@example.test");
        Keep("recovery link", TokenOf(mail.Link()));
        Keep("recovery digits", mail.Code());
        await forgetful.OpenAsync(mail.Link());
        await forgetful.SubmitAsync("Save the password", ("password", Another));

        using var newcomer = new Browser(host);
        await newcomer.OpenFormAsync(host);
        await newcomer.RegisterAsync("new@example.test", password: Chosen);
        mail = await host.MailAsync("new@example.test");
        Keep("proof link", TokenOf(mail.Link()));
        Keep("proof digits", mail.Code());
        await newcomer.OpenAsync(mail.Link());
        await newcomer.SubmitAsync("Confirm");
        using var elsewhere = new Browser(host);
        await elsewhere.OpenAccountAsync("/account", "new@example.test", Chosen);
        var notMe = (await host.MailAsync("new@example.test")).Link();
        Keep("not-me link", TokenOf(notMe));
        await elsewhere.OpenAsync(notMe);
        await elsewhere.SubmitAsync("Sign everybody out");
    }

    /// <summary>Makes one of everything that has a secret.</summary>
    private async Task AdministerAsync(IdpHost host, RightsBench bench, string token)
    {
        async Task<JsonElement> MadeAsync(string path, object body)
        {
            var (status, made, _) = await bench.SendAsync(HttpMethod.Post, path, token, body);
            Assert.True((int)status is >= 200 and < 300, $"{path}: {status} {made}");
            return made;
        }

        var client = await MadeAsync("clients", new { client_name = "Made here", redirect_uris = new[] { TestDocument.Callback }, token_endpoint_auth_method = "client_secret_basic", scope = "openid" });
        Keep("secret of a new client", client.GetProperty("client_secret").GetString());
        Keep("further secret", (await MadeAsync($"clients/{client.GetProperty("client_id").GetString()}/secrets", new { overlap = 60 })).GetProperty("client_secret").GetString());
        Keep("webhook secret", (await MadeAsync("webhooks", new { url = "http://127.0.0.1:9/", events = new[] { "tests.*" } })).GetProperty("secret").GetString());
        await MadeAsync("providers", new { name = "corner", display_name = "Corner ID", issuer = "https://corner.example.com", client_id = "us", client_secret = ProviderSecret });
        var initial = Keep("initial access token", (await MadeAsync("registration-tokens", new { name = "For the shop" })).GetProperty("token").GetString());
        var registered = await KeyBench.SendAsync(host, HttpMethod.Post, "/connect/register", initial, new { redirect_uris = new[] { TestDocument.Callback }, client_name = "Shop" });
        Keep("registration access token", registered["registration_access_token"]);
        Keep("secret of a client that registered", registered["client_secret"]);

        var keys = Keep("access token for keys", await bench.TokenAsync("otto", scope: "openid urn:identityprovider:api-keys"));
        var made = await KeyBench.SendAsync(host, HttpMethod.Post, "/api/keys", keys, new { name = "Backup", scope = "notes:read openid profile" });
        Assert.True(made.Status is HttpStatusCode.Created, made.Json.ToString());
        var key = Keep("API key", made["key"] ?? made["secret"]);
        await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", key);
        await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", key + "x");
    }

    private string Keep(string what, string? value)
    {
        Assert.False(string.IsNullOrEmpty(value), $"There is no {what}.");
        return secrets[what] = value!;
    }

    private IEnumerable<(string Secret, string Place, string Excerpt)> Found(Dictionary<string, string> places) =>
        from secret in secrets
        from place in places
        let at = place.Value.IndexOf(secret.Value, StringComparison.Ordinal)
        where at >= 0
        select (secret.Key, place.Key, place.Value[Math.Max(0, at - 200)..Math.Min(place.Value.Length, at + secret.Value.Length + 100)]);

    private static async Task<Dictionary<string, string>> PlacesAsync(IdpHost host, string token, Lines log)
    {
        var records = await host.AuditAsync();
        return new Dictionary<string, string>
        {
            ["the table"] = string.Join('\n', records.Select(record => string.Join('\n', typeof(AuditRecord).GetProperties().Select(property => property.GetValue(record))))),
            ["the JSON lines"] = await ExportAsync("jsonl"),
            ["the CSV export"] = await ExportAsync("csv"),

            // In Development the first lines say on purpose who can sign in, and how.
            ["the log"] = string.Join('\n', log.All.Where(line => !line.Contains("Demo user:", StringComparison.Ordinal))),
        };

        async Task<string> ExportAsync(string format)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/admin/v1/audit/export?format={format}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await host.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return await response.Content.ReadAsStringAsync();
        }
    }

    private static string TokenOf(string link) => Token().Match(link).Groups[1].Value;

    [GeneratedRegex("token=([^&]+)")]
    private static partial Regex Token();

    /// <summary>What the settings of the shipped server let into the log, with the scopes.</summary>
    private sealed class Lines : ILoggerProvider
    {
        private static readonly string[] Quiet = ["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "OpenIddict"];

        public ConcurrentQueue<string> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Logger(All, Quiet.Any(quiet => categoryName.StartsWith(quiet, StringComparison.Ordinal)) ? LogLevel.Warning : LogLevel.Information);

        public void Dispose()
        {
        }

        private sealed class Logger(ConcurrentQueue<string> lines, LogLevel least) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull
            {
                if (state is IEnumerable<KeyValuePair<string, object?>> facts)
                    lines.Enqueue(string.Join(' ', facts));
                return null;
            }

            public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel))
                    lines.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }
    }
}
