using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using IdentityProvider.Federation;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using IdentityProvider.UpstreamProviders;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Federation;

/// <summary>Providers come, change and go over the admin API.</summary>
public sealed class AdministeringProviders(AdministeringProviders.Bench bench) : IClassFixture<AdministeringProviders.Bench>
{
    private const string Secret = "a-secret-that-is-never-shown";

    [Fact]
    public async Task Every_route_asks_for_a_token_the_scope_and_the_permission()
    {
        foreach (var (method, path) in new[] { ("GET", ""), ("GET", "/there"), ("POST", ""), ("PUT", "/there"), ("DELETE", "/there") })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(method, path, null, Provider("there"))).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(method, path, bench.Stranger, Provider("there"))).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(method, path, bench.Scopeless, Provider("there"))).Status);
        }

        Assert.Equal(HttpStatusCode.Created, (await SendAsync("POST", "", bench.Admin, Provider("there"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", "", bench.Reader, null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", "/there", bench.Reader, null)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("PUT", "/there", bench.Reader, Provider("there"), "*")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("DELETE", "/there", bench.Reader, null, "*")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync("DELETE", "/there", bench.Admin, null, "*")).Status);
    }

    [Fact]
    public async Task What_is_added_changed_and_removed_is_so_on_the_sign_in_page_and_the_secret_never_comes_out()
    {
        var added = await SendAsync("POST", "", bench.Admin, Provider("seen", ("display_name", "Seen <b>"), ("client_secret", Secret), ("domains", new JsonArray("seen.test"))));
        Assert.Equal((HttpStatusCode.Created, "/api/admin/v1/providers/seen", true), (added.Status, added.Location, added.Body["has_client_secret"]!.GetValue<bool>()));
        Assert.Equal($"{bench.Host.Issuer}federation/seen/callback", (string?)added.Body["redirect_uri"]);
        Assert.Contains("Sign in with Seen <b>", await PageAsync(), StringComparison.Ordinal);

        // What was answered is sent back with a change.
        var one = await SendAsync("GET", "/seen", bench.Admin, null);
        Assert.Equal((added.Tag, added.Body.ToJsonString()), (one.Tag, one.Body.ToJsonString()));
        one.Body["display_name"] = "Seen again";
        var changed = await SendAsync("PUT", "/seen", bench.Admin, one.Body, one.Tag);
        Assert.Equal((HttpStatusCode.OK, true), (changed.Status, changed.Body["has_client_secret"]!.GetValue<bool>()));
        Assert.NotEqual(one.Tag, changed.Tag);
        Assert.Contains("Sign in with Seen again", await PageAsync(), StringComparison.Ordinal);
        Assert.Equal(Secret, bench.Host.Services.GetRequiredService<ProviderSecrets>().Open(bench.Host.Services.GetRequiredService<ProviderCatalog>().Find("seen")!.Row));
        var list = await SendAsync("GET", "", bench.Admin, null);
        Assert.Contains("seen", list.Body["providers"]!.AsArray().Select(p => (string?)p!["name"]));
        Assert.All([added, one, changed, list], answer => Assert.DoesNotContain(Secret, answer.Text, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync("PUT", "/seen", bench.Admin, one.Body, one.Tag)).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync("DELETE", "/seen", bench.Admin, null, one.Tag)).Status);
        Assert.Equal((HttpStatusCode)428, (await SendAsync("PUT", "/seen", bench.Admin, one.Body)).Status);
        Assert.Equal((HttpStatusCode)428, (await SendAsync("DELETE", "/seen", bench.Admin, null)).Status);
        one.Body["client_secret"] = null;
        Assert.False((await SendAsync("PUT", "/seen", bench.Admin, one.Body, changed.Tag)).Body["has_client_secret"]!.GetValue<bool>());
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync("DELETE", "/seen", bench.Admin, null, "*")).Status);
        Assert.DoesNotContain("Seen", await PageAsync(), StringComparison.Ordinal);
        foreach (var method in new[] { "GET", "PUT", "DELETE" })
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(method, "/seen", bench.Admin, one.Body, "*")).Status);
    }

    [Fact]
    public async Task Every_broken_rule_is_said_at_once_and_nothing_is_kept()
    {
        var answer = await SendAsync("POST", "", bench.Admin, new JsonObject
        {
            ["name"] = "Not A Name",
            ["display_name"] = 7,
            ["issuer"] = "ftp://elsewhere.test",
            ["client_secret"] = new JsonObject { ["env"] = "PATH" },
            ["domains"] = new JsonArray("no domain", null),
            ["scopes"] = new JsonArray("profile"),
            ["role_rules"] = new JsonArray(new JsonObject { ["claim"] = "groups", ["value"] = "x", ["role"] = "nobody" }),
            ["claims"] = new JsonObject { ["sub"] = "a\0b" },
            ["creates_account"] = true,
        });
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal(
            ["claims.sub", "client_id", "client_secret", "creates_account", "display_name", "domains[1]", "issuer", "name", "role_rules[0].role", "scopes"],
            answer.Body["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Contains("creates_accounts", (string?)answer.Body["errors"]!["creates_account"]![0], StringComparison.Ordinal);
        Assert.Equal(400, (int?)answer.Body["status"]);
        Assert.Empty(await bench.Host.InStoreAsync(db => db.Set<UpstreamProvider>().Where(p => p.ClientId == "").ToListAsync()));
        Assert.Contains("client_secret", (await SendAsync("POST", "", bench.Admin, Provider("plain", ("kind", "google"), ("issuer", null)))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stored_secret_is_not_taken_along_to_another_server_and_a_name_stays()
    {
        var added = await SendAsync("POST", "", bench.Admin, Provider("moved", ("client_secret", Secret)));
        var elsewhere = Provider("moved", ("issuer", "https://mine.test"));
        var refused = await SendAsync("PUT", "/moved", bench.Admin, elsewhere, added.Tag);
        Assert.Equal((HttpStatusCode.BadRequest, "client_secret"), (refused.Status, refused.Body["errors"]!.AsObject().Single().Key));
        elsewhere["client_secret"] = "another";
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("PUT", "/moved", bench.Admin, elsewhere, added.Tag)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync("PUT", "/moved", bench.Admin, Provider("renamed", ("issuer", "https://mine.test")), "*")).Status);
        await SendAsync("DELETE", "/moved", bench.Admin, null, "*");
    }

    [Fact]
    public async Task Nobody_gives_more_than_they_have_by_a_rule()
    {
        JsonArray Rule(string role) => [new JsonObject { ["claim"] = "groups", ["value"] = "staff", ["role"] = role }];
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("POST", "", bench.Admin, Provider("ruling", ("role_rules", Rule("admin"))))).Status);
        Assert.Equal(HttpStatusCode.Created, (await SendAsync("POST", "", bench.Admin, Provider("ruling", ("role_rules", Rule("keeper"))))).Status);
        await SendAsync("DELETE", "/ruling", bench.Admin, null, "*");
    }

    [Fact]
    public async Task What_is_no_json_object_of_bounded_size_is_refused()
    {
        async Task<HttpStatusCode> StatusAsync(string body, string type = "application/json")
        {
            using var content = new StringContent(body, Encoding.UTF8, type);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/admin/v1/providers") { Content = content };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bench.Admin);
            using var response = await bench.Host.Http.SendAsync(request);
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await Eventually.AnsweredAsync(() => StatusAsync($$"""{ "name": "{{new string('x', 70_000)}}" }""")));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await StatusAsync("{}", "text/plain"));
        foreach (var body in new[] { "", "{", "[]", "null", "7", string.Concat(Enumerable.Repeat("{\"claims\":", 40)), "{\"name\":\"\\ud800\"}", "{\"\\ud800\":1}", "{\"name\":\"a\",\"name\":\"b\"}" })
            Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(body));
    }

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task Of_many_at_once_on_two_nodes_one_wins_and_the_other_node_knows(DatabaseProvider provider)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var nodes = await TwoNodes.StartAsync(provider, Bench.Document(), clock);
        var token = await Bench.TokenAsync(nodes.First, clock, "otp");
        var adding = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SendAsync("POST", "", token, Provider("raced"), null, i % 2 == 0 ? nodes.First : nodes.Second)));
        Assert.Equal([HttpStatusCode.Created, .. Enumerable.Repeat(HttpStatusCode.Conflict, 7)], adding.Select(a => a.Status).Order());

        var tag = adding.Single(a => a.Status == HttpStatusCode.Created).Tag;
        var changing = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SendAsync("PUT", "/raced", token, Provider("raced", ("display_name", $"Raced {i}")), tag, i % 2 == 0 ? nodes.First : nodes.Second)));
        Assert.Equal([HttpStatusCode.OK, .. Enumerable.Repeat(HttpStatusCode.PreconditionFailed, 7)], changing.Select(a => a.Status).Order());
        var name = (string?)changing.Single(a => a.Status == HttpStatusCode.OK).Body["display_name"];
        foreach (var node in new[] { nodes.First, nodes.Second })
            await Eventually.HoldsAsync(() => Task.FromResult(node.Services.GetRequiredService<ProviderCatalog>().Find("raced")?.Row.DisplayName == name));
    }

    private static JsonObject Provider(string name, params (string Name, JsonNode? Value)[] changes)
    {
        var json = new JsonObject { ["name"] = name, ["display_name"] = name, ["issuer"] = "http://127.0.0.1:1", ["client_id"] = "us" };
        foreach (var (property, value) in changes)
            json[property] = value;
        return json;
    }

    private async Task<string> PageAsync()
    {
        using var browser = new Browser(bench.Host);
        return (await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl())).Text;
    }

    private async Task<Reply> SendAsync(string method, string path, string? token, JsonNode? body, string? ifMatch = null, IdpHost? node = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/admin/v1/providers{path}");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await (node ?? bench.Host).Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Reply(response.StatusCode, text, response.Headers.ETag?.Tag, response.Headers.Location?.ToString(), response.Content.Headers.ContentType?.MediaType);
    }

    private sealed record Reply(HttpStatusCode Status, string Text, string? Tag, string? Location, string? ContentType)
    {
        public JsonObject Body { get; } = Text.StartsWith('{') ? JsonNode.Parse(Text)!.AsObject() : [];
    }

    /// <summary>One server, and the tokens of who may do it, who may look, who may not, and who asked for another scope.</summary>
    public sealed class Bench : IAsyncLifetime
    {
        private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());

        internal IdpHost Host { get; private set; } = null!;
        internal string Admin { get; private set; } = "";
        internal string Reader { get; private set; } = "";
        internal string Stranger { get; private set; } = "";
        internal string Scopeless { get; private set; } = "";

        public async Task InitializeAsync()
        {
            Host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = Document() });
            Admin = await TokenAsync(Host, clock, "otp");
            Scopeless = await TokenAsync(Host, clock, "otp", "openid");
            Reader = await TokenAsync(Host, clock, "reader");
            Stranger = await TokenAsync(Host, clock, "grace");
        }

        public async Task DisposeAsync() => await Host.DisposeAsync();

        internal static string Document()
        {
            var document = JsonNode.Parse(Documents.Setting(TestDocument.Json, "trusted", ("scope", "openid profile urn:identityprovider:admin")))!;
            document["roles"]!.AsArray().Add(new JsonObject { ["name"] = "keeper", ["permissions"] = new JsonArray("providers:read", "providers:manage") });
            document["roles"]!.AsArray().Add(new JsonObject { ["name"] = "reader", ["permissions"] = new JsonArray("providers:read") });
            document["users"]!.AsArray().Single(u => (string?)u!["username"] == "otp")!["roles"] = new JsonArray("keeper");
            document["users"]!.AsArray().Add(new JsonObject { ["username"] = "reader", ["password"] = TestDocument.Password, ["totp_secret"] = TestDocument.TotpSecret, ["roles"] = new JsonArray("reader") });
            return document.ToJsonString();
        }

        internal static async Task<string> TokenAsync(IdpHost host, FakeTimeProvider clock, string username, string scope = "openid urn:identityprovider:admin")
        {
            // Each code works once.
            clock.Advance(TimeSpan.FromSeconds(30));
            using var browser = new Browser(host);
            var client = new RelyingParty(host, "trusted");
            var page = await client.SignInAsync(browser, scope, username);
            if (page.Url.AbsolutePath == "/mfa")
                page = await browser.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(clock.GetUtcNow().UtcDateTime)));
            return (await client.RedeemAsync(page.Query("code")))["access_token"]!;
        }
    }
}
