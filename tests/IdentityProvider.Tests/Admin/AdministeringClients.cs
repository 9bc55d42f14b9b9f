using System.Net;
using System.Text.Json.Nodes;
using IdentityProvider.Clients;
using IdentityProvider.Consents;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>Clients, their secrets, APIs, scopes, grants and consents over the admin API, and what the server tells of itself.</summary>
public sealed class AdministeringClients : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;
    private string ada = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup
        {
            Clock = clock,
            Document = RightsBench.Document(
                "clients:manage", "clients:read", "apis:manage", "apis:read", "grants:manage", "grants:read", "consents:manage", "consents:read", "keys:manage", "keys:read", "settings:read", "statistics:read"),
        });
        bench = new RightsBench(host, clock);
        ada = await bench.TokenAsync("ada");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task What_is_registered_comes_out_as_it_went_in()
    {
        foreach (var client in JsonNode.Parse(TestDocument.Json)!["clients"]!.AsArray())
        {
            var id = Uri.EscapeDataString((string)client!["client_id"]!);
            var (status, body, tag) = await bench.SendAsync(HttpMethod.Get, $"clients/{id}", ada);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.False(body.TryGetProperty("client_secret", out _));
            foreach (var (name, value) in client.AsObject().Where(member => member.Key is not ("client_secret" or "scope" or "jwks")))
                Assert.True(JsonNode.DeepEquals(value, JsonNode.Parse(body.GetProperty(name).GetRawText())), $"{id} {name}");

            // Sent back as it is, it is the same; nothing is written. That of the admin API is out of reach.
            if (id != "trusted")
                Assert.Equal((HttpStatusCode.OK, tag), (await bench.SendAsync(HttpMethod.Put, $"clients/{id}", ada, body, tag)) is var same ? (same.Status, same.Tag) : default);
        }
    }

    [Fact]
    public async Task A_client_is_made_with_a_secret_that_is_shown_once_replaced_and_removed()
    {
        var (status, body, tag) = await bench.SendAsync(HttpMethod.Post, "clients", ada, new { client_name = "Night shift", grant_types = new[] { "client_credentials" }, scope = "notes:read" });
        Assert.Equal(HttpStatusCode.Created, status);
        var (id, first) = (body.GetProperty("client_id").GetString()!, body.GetProperty("client_secret").GetString()!);
        Assert.Equal(HttpStatusCode.OK, await TokenAsync(id, first));
        Assert.False((await bench.SendAsync(HttpMethod.Get, $"clients/{id}", ada)).Body.TryGetProperty("client_secret", out _));

        var (added, secret, _) = await bench.SendAsync(HttpMethod.Post, $"clients/{id}/secrets", ada, new { overlap = 60 });
        Assert.Equal(HttpStatusCode.Created, added);
        clock.Advance(TimeSpan.FromSeconds(2));
        var second = secret.GetProperty("client_secret").GetString()!;
        Assert.Equal(HttpStatusCode.OK, await TokenAsync(id, second));
        Assert.Equal(HttpStatusCode.OK, await TokenAsync(id, first));
        var list = await bench.SendAsync(HttpMethod.Get, $"clients/{id}/secrets", ada);
        Assert.Equal(2, list.Body.GetProperty("secrets").GetArrayLength());
        Assert.DoesNotContain("client_secret", list.Body.GetRawText(), StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(62));
        Assert.Equal(HttpStatusCode.Unauthorized, await TokenAsync(id, first));
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Delete, $"clients/{id}/secrets/{secret.GetProperty("id").GetGuid()}", ada)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Delete, $"clients/spa/secrets/{secret.GetProperty("id").GetGuid()}", ada)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Post, "clients/spa/secrets", ada, new { })).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await bench.SendAsync(HttpMethod.Delete, $"clients/{id}", ada, ifMatch: tag)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, $"clients/{id}", ada, ifMatch: "*")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Get, $"clients/{id}", ada)).Status);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await TokenAsync(id, second));
    }

    [Fact]
    public async Task A_client_that_breaks_rules_is_refused_with_all_of_them()
    {
        var (status, body, _) = await bench.SendAsync(HttpMethod.Post, "clients", ada, new
        {
            client_id = "bad",
            grant_types = new[] { "implicit" },
            redirect_uris = new[] { "http://example.com/cb" },
            scope = "notes:raed",
            access_token_lifetime = 5,
            providers = new[] { "nowhere" },
            secrets = new[] { "x" },
            concurrency_token = "x",
        });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(
            ["access_token_lifetime", "concurrency_token", "grant_types[0]", "providers", "redirect_uris[0]", "scope", "secrets"],
            body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Post, "clients", ada, new { client_id = "spa", token_endpoint_auth_method = "none", redirect_uris = new[] { "https://spa.test/callback" } })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Put, "clients/spa", ada, new { client_id = "other" }, "*")).Status);
    }

    [Fact]
    public async Task A_name_is_given_once_also_to_sixteen_at_once()
    {
        foreach (var (path, body) in new (string, object)[]
        {
            ("clients", new { client_id = "one", grant_types = new[] { "client_credentials" } }), ("apis", new { identifier = "https://one.test", scopes = new[] { new { name = "one:read" } } }), ("scopes", new { name = "one" }),
        })
        {
            var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => bench.SendAsync(HttpMethod.Post, path, ada, body)));
            Assert.Single(replies, reply => reply.Status == HttpStatusCode.Created);
            Assert.All(replies, reply => Assert.True(reply.Status is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{path} {reply.Status}"));
        }

        // Of two who add a secret to one client at once both are told, and none is lost.
        var added = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => bench.SendAsync(HttpMethod.Post, "clients/one/secrets", ada, new { })));
        Assert.All(added, reply => Assert.True(reply.Status is HttpStatusCode.Created or HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict, reply.Status.ToString()));
        Assert.Equal(1 + added.Count(reply => reply.Status == HttpStatusCode.Created), (await bench.SendAsync(HttpMethod.Get, "clients/one/secrets", ada)).Body.GetProperty("secrets").GetArrayLength());
    }

    [Fact]
    public async Task Who_holds_less_than_the_admin_api_gives_registers_no_client_for_it()
    {
        var client = new { client_id = "sly", token_endpoint_auth_method = "none", redirect_uris = new[] { "https://sly.test/cb" }, consent = "implicit", scope = "openid urn:identityprovider:admin" };
        var (status, body, _) = await bench.SendAsync(HttpMethod.Post, "clients", ada, client);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("api-keys:manage", body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, (await bench.SendAsync(HttpMethod.Post, "clients", ada, new { client.client_id, client.token_endpoint_auth_method, client.redirect_uris, scope = "openid urn:identityprovider:admin:clients:read" })).Status);

        // The one that has it already is out of reach, too.
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Post, "clients/trusted/secrets", ada, new { })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Delete, "clients/trusted", ada, ifMatch: "*")).Status);
    }

    [Fact]
    public async Task Removing_a_client_ends_what_it_was_given()
    {
        using var browser = await bench.SignedInAsync("grace");
        var relying = new RelyingParty(host, "web");
        var page = await relying.SignInAsync(browser, "openid offline_access");
        var tokens = await relying.RedeemAsync(page.Query("code"));
        var sub = await bench.SubAsync("grace");
        var (_, consents, _) = await bench.SendAsync(HttpMethod.Get, $"consents?sub={sub}&client_id=web", ada);
        Assert.Equal("web", consents.GetProperty("consents")[0].GetProperty("client_id").GetString());
        var (_, grants, _) = await bench.SendAsync(HttpMethod.Get, $"grants?sub={sub}&client_id=web", ada);
        Assert.Equal(sub, grants.GetProperty("grants")[0].GetProperty("sub").GetGuid());
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, "clients/web", ada, ifMatch: "*")).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await relying.RefreshAsync(tokens["refresh_token"]!)).Status);
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<Consent>().CountAsync()));
        Assert.Empty((await bench.SendAsync(HttpMethod.Get, $"grants?sub={sub}&client_id=web", ada)).Body.GetProperty("grants").EnumerateArray());
    }

    [Fact]
    public async Task Consents_and_grants_are_taken_back()
    {
        using var browser = await bench.SignedInAsync("grace");
        var relying = new RelyingParty(host, "web");
        var page = await relying.SignInAsync(browser, "openid offline_access");
        var tokens = await relying.RedeemAsync(page.Query("code"));
        var grant = (await bench.SendAsync(HttpMethod.Get, "grants?client_id=web", ada)).Body.GetProperty("grants")[0].GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, $"grants/{grant}", ada)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Delete, $"grants/{grant}", ada)).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await relying.RefreshAsync(tokens["refresh_token"]!)).Status);
        var consent = (await bench.SendAsync(HttpMethod.Get, "consents?client_id=web", ada)).Body.GetProperty("consents")[0].GetProperty("id").GetGuid();
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, $"consents/{consent}", ada)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Delete, $"consents/{consent}", ada)).Status);
    }

    [Fact]
    public async Task An_api_has_its_scopes_and_no_other_api_has_them()
    {
        var api = new { identifier = "https://maps.test", display_name = "Maps", roles = new[] { "admin" }, scopes = new[] { new { name = "maps:read", description = "See maps", permissions = new[] { "maps:read" } } } };
        var (status, _, tag) = await bench.SendAsync(HttpMethod.Post, "apis", ada, api);
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Post, "apis", ada, api)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Post, "apis", ada, new { identifier = "https://other.test", scopes = new[] { new { name = "maps:read" } } })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Post, "apis", ada, new { identifier = "https://other.test", roles = new[] { "admni" }, scopes = new[] { new { name = "openid" }, new { name = "a b" } } })).Status);
        var path = $"apis/{Uri.EscapeDataString("https://maps.test")}";
        var (changed, body, _) = await bench.SendAsync(HttpMethod.Put, path, ada, new { display_name = "All maps", scopes = new[] { new { name = "maps:write" } } }, tag);
        Assert.Equal((HttpStatusCode.OK, "maps:write"), (changed, body.GetProperty("scopes")[0].GetProperty("name").GetString()));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await bench.SendAsync(HttpMethod.Put, path, ada, new { display_name = "x" }, tag)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, path, ada, ifMatch: "*")).Status);

        Assert.Equal(HttpStatusCode.Created, (await bench.SendAsync(HttpMethod.Post, "scopes", ada, new { name = "desk", claims = new[] { "desk_number" } })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Post, "scopes", ada, new { name = "urn:identityprovider:admin", claims = new[] { "sub" } })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Put, "scopes/notes:read", ada, new { claims = new[] { "x" } }, "*")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, "scopes/desk", ada, ifMatch: "*")).Status);
    }

    [Fact]
    public async Task The_server_tells_of_its_keys_settings_and_counts_and_of_no_secret()
    {
        var (_, keys, _) = await bench.SendAsync(HttpMethod.Get, "keys", ada);
        Assert.Contains(keys.GetProperty("keys").EnumerateArray(), key => key.GetProperty("state").GetString() == "active");
        Assert.DoesNotContain("private", keys.GetRawText(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Post, "keys/rotate", ada)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Post, "keys/replace", ada, new { confirm = "yes" })).Status);

        var (status, settings, _) = await bench.SendAsync(HttpMethod.Get, "settings", ada);
        Assert.Equal((HttpStatusCode.OK, host.Issuer.OriginalString.TrimEnd('/')), (status, settings.GetProperty("settings").GetProperty("IdentityProvider:Issuer").GetString()));
        Assert.Equal("••••••", settings.GetProperty("settings").GetProperty("IdentityProvider:MasterKey").GetString());
        Assert.DoesNotContain(Convert.ToBase64String(new byte[32]), settings.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Data Source", settings.GetRawText(), StringComparison.Ordinal);

        var (_, counts, _) = await bench.SendAsync(HttpMethod.Get, "statistics", ada);
        Assert.Equal(await host.InStoreAsync(db => db.Set<Client>().LongCountAsync()), counts.GetProperty("clients").GetInt64());
        Assert.Equal(1, counts.GetProperty("sessions").GetInt64());

        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Post, "keys/replace", ada, new { confirm = host.Issuer.OriginalString.TrimEnd('/') })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await bench.SendAsync(HttpMethod.Get, "keys", ada)).Status);
    }

    private async Task<HttpStatusCode> TokenAsync(string clientId, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = "notes:read" }) };
        request.Headers.Authorization = RelyingParty.Basic(clientId, secret);
        using var response = await host.Http.SendAsync(request);
        return response.StatusCode;
    }
}
