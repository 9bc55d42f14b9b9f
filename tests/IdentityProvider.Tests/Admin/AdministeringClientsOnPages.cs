using System.Net;
using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.Pages;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>Clients on the pages of the console: the same rules as over the admin API, in sentences.</summary>
public sealed class AdministeringClientsOnPages : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document("clients:manage", "clients:read") });
        bench = new RightsBench(host, clock);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("web", "client_secret_post", "web", "authorization_code refresh_token", "openid profile email offline_access")]
    [InlineData("backend", "client_secret_post", "web", "authorization_code refresh_token", "openid profile email offline_access")]
    [InlineData("browser", "none", "web", "authorization_code refresh_token", "openid profile email")]
    [InlineData("native", "none", "native", "authorization_code refresh_token", "openid profile email offline_access")]
    [InlineData("device", "none", "native", "urn:ietf:params:oauth:grant-type:device_code refresh_token", "openid profile email offline_access")]
    [InlineData("machine", "client_secret_basic", "web", "client_credentials", "")]
    [InlineData("api", "client_secret_basic", "web", "", "")]
    public async Task Each_kind_of_application_has_safe_settings_after_three_fields(string kind, string method, string type, string grants, string scope)
    {
        using var ada = await bench.SignedInAsync("ada");
        await ada.OpenAsync("/admin/clients/new");
        var page = await ada.OpenAsync(ada.Page.Document.QuerySelector($"main a[href$='type={kind}']")!.GetAttribute("href")!);
        Assert.True(page.Document.QuerySelectorAll("main input:not([type=hidden]):not([type=checkbox]), main textarea, main fieldset").Length <= 3);
        var names = page.Document.QuerySelectorAll("main input, main textarea").Select(field => field.GetAttribute("name")).ToHashSet();
        (string Name, string Value)[] fields = [("client_name", "Corner Shop"), .. names.Contains("redirect_uris") ? new[] { ("redirect_uris", "https://shop.test/cb\n https://shop.test/other,x ") } : [], .. names.Contains("client_id") ? new[] { ("client_id", "https://orders.test") } : []];
        page = await ada.SubmitAsync("Add the client", fields);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal(method != "none", page.Heading == "Keep the secret");
        var client = await ClientAsync(row => row.DisplayName == "Corner Shop");
        var metadata = ClientMetadata.Of(client, new ClientMetadata());
        Assert.Equal((method, type, grants, scope, true, "explicit"), (metadata.TokenEndpointAuthMethod, metadata.ApplicationType, string.Join(' ', metadata.GrantTypes), metadata.Scope, metadata.RequirePkce, metadata.Consent));
        Assert.Equal(names.Contains("redirect_uris") ? ["https://shop.test/cb", "https://shop.test/other,x"] : [], metadata.RedirectUris);
        Assert.Equal(kind switch { "web" or "backend" => ["https://shop.test/", "https://shop.test/signout-callback-oidc"], "browser" => ["https://shop.test/"], _ => [] }, metadata.PostLogoutRedirectUris);
        Assert.Contains((await host.AuditAsync()).Select(record => record.Name), name => name == "clients.created");
    }

    [Fact]
    public async Task A_secret_is_shown_in_the_answer_that_made_it_and_nowhere_else_and_two_overlap()
    {
        using var ada = await bench.SignedInAsync("ada");
        await ada.OpenAsync("/admin/clients/new?type=machine");
        var page = await ada.SubmitAsync("Add the client", ("client_name", "Night shift"), ("scope", "notes:read"));
        var (first, id) = (SecretOn(page), (await ClientAsync(row => row.DisplayName == "Night shift")).ClientId!);
        Assert.Contains("no-store", page.Response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(first, page.Url.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(page.Document.QuerySelectorAll("input, a"), element => element.OuterHtml.Contains(first, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await TokenAsync(id, first));

        clock.Advance(TimeSpan.FromSeconds(2));
        await ada.OpenAsync($"/admin/clients/{id}/secrets");
        page = await ada.SubmitAsync("Make a secret", ("overlap", "3600"), ("expires_in", "7776000"));
        var second = SecretOn(page);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await TokenAsync(id, first), await TokenAsync(id, second)));
        foreach (var path in new[] { "", "/secrets", "/settings", "/code" })
        {
            page = await ada.OpenAsync($"/admin/clients/{id}{path}");
            Assert.DoesNotContain(first, page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
            Assert.DoesNotContain(second, page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
        }

        // The newest stands first; removing the other one ends it at once, and the last one stays.
        page = await ada.OpenAsync($"/admin/clients/{id}/secrets");
        var old = page.Document.QuerySelectorAll("input[name=secret]")[^1].GetAttribute("value")!;
        Assert.Contains("The secret is removed", (await ada.SubmitAsync("Remove it now", ("secret", old))).Text, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await TokenAsync(id, first), await TokenAsync(id, second)));
        Assert.Contains("It is the last secret that works", (await ada.SubmitAsync("Remove it now")).Text, StringComparison.Ordinal);
        Assert.Contains("The time", (await ada.SubmitAsync("Make a secret", ("overlap", "-5"), ("expires_in", ""))).Text, StringComparison.Ordinal);
        Assert.Equal(["clients.secret_added", "clients.secret_removed"], (await host.AuditAsync()).Select(record => record.Name).Where(name => name.StartsWith("clients.secret", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task The_settings_of_every_client_are_saved_as_they_are_shown()
    {
        using var ada = await bench.SignedInAsync("ada");
        foreach (var before in await host.InStoreAsync(db => db.Set<Client>().AsNoTracking().Where(client => client.ClientId != "trusted").ToListAsync()))
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            var page = await ada.OpenAsync(PathOf(before.ClientId!, "/settings"));
            Assert.Equal(HttpStatusCode.OK, page.Status);
            page = await ada.SubmitAsync("Save");
            Assert.Contains("Saved.", page.Text, StringComparison.Ordinal);
            Assert.Equal(before.ConcurrencyToken, (await ClientAsync(row => row.ClientId == before.ClientId)).ConcurrencyToken);
        }
    }

    [Fact]
    public async Task Settings_are_changed_and_each_broken_rule_is_said_beside_its_field()
    {
        using var ada = await bench.SignedInAsync("ada");
        await ada.OpenAsync("/admin/clients/web/settings");
        var page = await ada.SubmitAsync(
            "Save", ("client_name", "Corner\u0001Shop"), ("redirect_uris", "https://a.test/cb\r\nhttps://b.test/cb"), ("access_token_lifetime", "300"), ("contacts", "ops@example.test"), ("backchannel_logout_uri", "https://a.test/out"), ("consent", "implicit"), ("required_acr", "urn:identityprovider:acr:mfa"));
        Assert.Contains("Saved.", page.Text, StringComparison.Ordinal);
        var metadata = ClientMetadata.Of(await ClientAsync(row => row.ClientId == "web"), new ClientMetadata());
        Assert.Equal(("Corner Shop", 300, "implicit", "urn:identityprovider:acr:mfa", "https://a.test/out"), (metadata.ClientName, metadata.AccessTokenLifetime, metadata.Consent, metadata.RequiredAcr, metadata.BackchannelLogoutUri));
        Assert.Equal(["https://a.test/cb", "https://b.test/cb"], metadata.RedirectUris);
        Assert.Equal(["ops@example.test"], metadata.Contacts);

        await ada.OpenAsync("/admin/clients/web/settings");
        page = await ada.SubmitAsync(
            "Save", ("redirect_uris", "http://a.test/cb"), ("access_token_lifetime", "soon"), ("id_token_lifetime", "5"), ("contacts", "nobody"), ("more-scope", "notes:raed"), ("logo_uri", "javascript:alert(1)"), ("jwks", "<b>"), ("consent", "never"),
            ("service_account", "nobody"), ("grant_types", "implicit"), ("grant_types", "authorization_code"), ("grant_types", "refresh_token"));
        foreach (var (field, words) in new[]
        {
            ("redirect_uris", "uses http"), ("access_token_lifetime", "is no whole number"), ("id_token_lifetime", "The life of an ID token"), ("contacts", "is not a mail address"), ("scope", "\"notes:raed\" is no scope"), ("logo_uri", "is not an https URL"),
            ("jwks", "is not JSON"), ("consent", "is not offered"), ("service_account", "service"), ("grant_types", "URLs"),
        })
            Assert.Contains(words, Problem(page, field), StringComparison.Ordinal);
        Assert.Equal("http://a.test/cb", page.Document.QuerySelector("#redirect_uris")!.TextContent.Trim());
        Assert.Empty(page.Document.QuerySelectorAll("main b"));
        Assert.Equal(["https://a.test/cb", "https://b.test/cb"], ClientMetadata.Of(await ClientAsync(row => row.ClientId == "web"), new ClientMetadata()).RedirectUris);
    }

    [Fact]
    public async Task A_client_that_comes_to_need_a_secret_shows_it_once()
    {
        using var ada = await bench.SignedInAsync("ada");
        await ada.OpenAsync("/admin/clients/spa/settings");
        var page = await ada.SubmitAsync("Save", ("token_endpoint_auth_method", "client_secret_basic"));
        var secret = SecretOn(page);
        Assert.Equal(64, (await host.InStoreAsync(db => db.Set<ClientSecret>().Where(row => db.Set<Client>().Any(client => client.Id == row.ClientId && client.ClientId == "spa")).SingleAsync())).Hash.Length);
        Assert.DoesNotContain(secret, (await ada.OpenAsync("/admin/clients/spa")).Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_save_shows_what_the_other_did_and_what_was_typed_and_overwrites_nothing()
    {
        using var ada = await bench.SignedInAsync("ada");
        using var otto = await bench.SignedInAsync("otto");
        await ada.OpenAsync("/admin/clients/web/settings");
        await otto.OpenAsync("/admin/clients/web/settings");
        await otto.SubmitAsync("Save", ("client_name", "Ours"));
        var page = await ada.SubmitAsync("Save", ("client_name", "Mine"), ("redirect_uris", "https://mine.test/cb"));
        Assert.Contains("Somebody else changed it meanwhile", page.Document.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Ours", page.Document.QuerySelector("#client_name")!.GetAttribute("value"));
        Assert.Contains("https://mine.test/cb", page.Text, StringComparison.Ordinal);
        Assert.Equal("Ours", (await ClientAsync(row => row.ClientId == "web")).DisplayName);
        Assert.Contains("Saved.", (await ada.SubmitAsync("Save", ("client_name", "Mine"))).Text, StringComparison.Ordinal);
        await otto.OpenAsync("/admin/clients/web");
        await ada.OpenAsync("/admin/clients/web/settings");
        await ada.SubmitAsync("Save", ("client_name", "Again"));
        Assert.Contains("Somebody else changed it meanwhile", (await otto.SubmitAsync("Remove the client", ("confirm", "web"))).Text, StringComparison.Ordinal);
        Assert.Equal("Again", (await ClientAsync(row => row.ClientId == "web")).DisplayName);
    }

    [Fact]
    public async Task Who_may_look_sees_no_form_and_cannot_send_one_and_others_see_nothing()
    {
        await host.InStoreAsync(async db =>
        {
            (await db.Set<Role>().SingleAsync(role => role.Name == "delegate")).Permissions = ["clients:read"];
            return await db.SaveChangesAsync();
        });
        using var reader = await bench.SignedInAsync("delegate");
        Assert.Equal("/admin/clients", (await reader.OpenAsync("/admin")).Url.AbsolutePath);
        foreach (var path in new[] { "/admin/clients", "/admin/clients/web/code", "/admin/clients/web" })
        {
            var page = await reader.OpenAsync(path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Empty(page.Document.QuerySelectorAll("main form[method=post], main a[href$='/new'], main a[href$='/settings'], main a[href$='/secrets']"));
        }

        Assert.Contains("needs the permission clients:manage", reader.Page.Text, StringComparison.Ordinal);
        var token = await AntiforgeryAsync(reader);
        foreach (var path in new[] { "/admin/clients/new?type=machine", "/admin/clients/web/settings", "/admin/clients/web/secrets?handler=Add", "/admin/clients/web/secrets?handler=Remove", "/admin/clients/web?handler=Remove" })
            Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsync(host[path], [new("__RequestVerificationToken", token), new("confirm", "web"), new("client_name", "x")])).Status);
        using var grace = await bench.SignedInAsync("grace");
        foreach (var path in new[] { "/admin/clients", "/admin/clients/web", "/admin/clients/web/code", "/admin/clients/new", "/admin/clients/web/settings", "/admin/clients/web/secrets" })
            Assert.Equal(HttpStatusCode.Forbidden, (await grace.OpenAsync(path)).Status);
        using var ada = await bench.SignedInAsync("ada");
        var before = await host.InStoreAsync(async db => (await db.Set<Client>().CountAsync(), await db.Set<ClientSecret>().CountAsync()));
        foreach (var path in new[] { "/admin/clients/new?type=machine", "/admin/clients/web/settings", "/admin/clients/web/secrets?handler=Add", "/admin/clients/web?handler=Remove" })
            Assert.NotEqual("Keep the secret", (await ada.PostAsync(host[path], [new("confirm", "web"), new("client_name", "x")])).Heading);
        Assert.Equal(before, await host.InStoreAsync(async db => (await db.Set<Client>().CountAsync(), await db.Set<ClientSecret>().CountAsync())));
        Assert.Equal("Web", (await ClientAsync(row => row.ClientId == "web")).DisplayName);

        // What makes a secret wants a sign-in of the last five minutes; looking does not.
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("/admin/clients/web", (await ada.OpenAsync("/admin/clients/web")).Url.AbsolutePath);
        foreach (var path in new[] { "/admin/clients/new", "/admin/clients/web/settings", "/admin/clients/web/secrets" })
            Assert.Equal("/login", (await ada.OpenAsync(path)).Url.AbsolutePath);
    }

    [Fact]
    public async Task A_client_of_the_admin_api_is_out_of_reach_of_who_holds_less()
    {
        using var ada = await bench.SignedInAsync("ada");
        await ada.OpenAsync("/admin/clients/trusted/settings");
        Assert.Contains("api-keys:manage", Problem(await ada.SubmitAsync("Save", ("client_name", "Mine")), "scope"), StringComparison.Ordinal);
        await ada.OpenAsync("/admin/clients/trusted");
        Assert.Contains("api-keys:manage", Problem(await ada.SubmitAsync("Remove the client", ("confirm", "trusted")), "confirm"), StringComparison.Ordinal);
        await ada.OpenAsync("/admin/clients/trusted/secrets");
        Assert.Contains("api-keys:manage", (await ada.SubmitAsync("Make a secret")).Text, StringComparison.Ordinal);
        await ada.OpenAsync("/admin/clients/new?type=browser");
        var page = await ada.SubmitAsync("Add the client", ("client_name", "Sly"), ("redirect_uris", "https://sly.test/cb"), ("more-scope", "urn:identityprovider:admin"));
        Assert.Contains("api-keys:manage", Problem(page, "scope"), StringComparison.Ordinal);
        Assert.Equal("Trusted", (await ClientAsync(row => row.ClientId == "trusted")).DisplayName);
    }

    [Fact]
    public async Task Removal_says_what_ends_and_wants_the_id()
    {
        using (var browser = await bench.SignedInAsync("grace"))
            await new RelyingParty(host, "web").SignInAsync(browser, "openid offline_access");
        using var ada = await bench.SignedInAsync("ada");
        var page = await ada.OpenAsync("/admin/clients/web");
        Assert.Contains("One grant ends", page.Text, StringComparison.Ordinal);
        Assert.Contains("Enter the client_id as it is: web", Problem(await ada.SubmitAsync("Remove the client", ("confirm", "Web")), "confirm"), StringComparison.Ordinal);
        page = await ada.SubmitAsync("Remove the client", ("confirm", "web"));
        Assert.Contains("The client is removed", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await ada.OpenAsync("/admin/clients/web")).Status);
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<Grant>().CountAsync(grant => grant.Status == "valid" && grant.Application != null)));
    }

    [Fact]
    public async Task The_list_finds_beginnings_page_by_page_and_names_that_attack_are_text()
    {
        string[] ids = ["new", "~x", "..", "a'b", "x/y?z=1&w", "<img-src=x>"];
        await host.InStoreAsync(async db =>
        {
            foreach (var (id, i) in ids.Select((id, i) => (id, i)))
                db.Add(ClientOf(id, i % 2 == 0 ? StageDocument.Script : StageDocument.Image));
            for (var i = 0; i < 60; i++)
                db.Add(ClientOf($"many-{i:00}", $"Branch {i}"));
            return await db.SaveChangesAsync();
        });
        using var ada = await bench.SignedInAsync("ada");
        var page = await ada.OpenAsync("/admin/clients?search=bRANCH");
        Assert.Equal(50, Rows(page).Count);
        var more = await ada.OpenAsync(page.Document.QuerySelectorAll("main a").Single(link => link.TextContent == "More clients").GetAttribute("href")!);
        Assert.Equal(10, Rows(more).Count);
        Assert.Equal(60, Rows(page).Concat(Rows(more)).Distinct().Count());
        Assert.Equal(["Living room TV"], Rows(await ada.OpenAsync("/admin/clients?search=living")));
        Assert.Equal(["spa"], Rows(await ada.OpenAsync("/admin/clients?search=SPA")));
        Assert.Contains("No client matches", (await ada.OpenAsync("/admin/clients?search=%25")).Text, StringComparison.Ordinal);
        foreach (var id in ids)
        {
            page = await ada.OpenAsync($"/admin/clients?search={Uri.EscapeDataString(id)}");
            Assert.Empty(page.Document.QuerySelectorAll("main img, main script, main [onerror]"));
            page = await ada.OpenAsync(page.Document.QuerySelector("ul.rows a")!.GetAttribute("href")!);
            Assert.Equal((HttpStatusCode.OK, id), (page.Status, page.Document.QuerySelector("hgroup code")!.TextContent));
            Assert.Empty(page.Document.QuerySelectorAll("main img, main script, main [onerror]"));
            Assert.Equal(id, JsonDocument.Parse(page.Document.QuerySelector("pre.listing")!.TextContent).RootElement.GetProperty("clients")[0].GetProperty("client_id").GetString());
            page = await ada.OpenAsync(page.Document.QuerySelector("ul.tabs a[href$='/code']")!.GetAttribute("href")!);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Empty(page.Document.QuerySelectorAll("main code *, main img, main script"));
            page = await ada.OpenAsync(page.Document.QuerySelector("ul.tabs a[href$='/settings']")!.GetAttribute("href")!);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Empty(page.Document.QuerySelectorAll("main img, main script, main [onerror]"));
            Assert.Contains("Saved.", (await ada.SubmitAsync("Save")).Text, StringComparison.Ordinal);
        }

        foreach (var path in new[] { "/admin/clients/none", "/admin/clients/a%01b", "/admin/clients/" + new string('x', 3000), "/admin/clients/none/settings", "/admin/clients/none/secrets", "/admin/clients/none/code" })
            Assert.Equal(HttpStatusCode.NotFound, (await ada.OpenAsync(path)).Status);
        foreach (var path in new[] { "/admin/clients?after=%00&done=%3Cb%3E", "/admin/clients?search=" + new string('x', 3000), "/admin/clients/new?type=%3Cb%3E" })
            Assert.Equal(HttpStatusCode.OK, (await ada.OpenAsync(path)).Status);
    }

    [Fact]
    public async Task The_setup_document_of_a_client_says_it_in_full()
    {
        using var ada = await bench.SignedInAsync("ada");
        var page = await ada.OpenAsync("/admin/clients/web");
        var client = JsonDocument.Parse(page.Document.QuerySelector("pre.listing")!.TextContent).RootElement.GetProperty("clients")[0];
        Assert.Equal("CLIENT_WEB_SECRET", client.GetProperty("client_secret").GetProperty("env").GetString());
        Assert.False(client.TryGetProperty("consent", out _));
        var metadata = new ClientMetadata();
        Assert.Empty(JsonInput.Fill(metadata, JsonSerializer.SerializeToElement(client.EnumerateObject().Where(member => member.Name != "client_secret").ToDictionary(member => member.Name, member => member.Value))));
        var copy = new Client();
        metadata.Apply(copy);
        var stored = await ClientAsync(row => row.ClientId == "web");
        Assert.Equal((stored.Permissions, stored.RedirectUris, stored.Scope, stored.ClientUri), (copy.Permissions, copy.RedirectUris, copy.Scope, copy.ClientUri));
    }

    private static Client ClientOf(string id, string name)
    {
        var client = new Client { ConcurrencyToken = Guid.CreateVersion7().ToString() };
        new ClientMetadata { ClientId = id, ClientName = name, TokenEndpointAuthMethod = "none", RedirectUris = ["https://x.test/cb"], Scope = "openid" }.Apply(client);
        return client;
    }

    private static string PathOf(string clientId, string page) => $"/admin/clients/{Uri.EscapeDataString(clientId)}{page}";

    private static List<string> Rows(BrowserPage page) => [.. page.Document.QuerySelectorAll("ul.rows a.name").Select(link => link.TextContent)];

    private static string Problem(BrowserPage page, string field) => page.Document.GetElementById($"{field}-error")?.TextContent ?? "";

    private static string SecretOn(BrowserPage page)
    {
        Assert.Equal("Keep the secret", page.Heading);
        return page.Document.QuerySelector("pre.secret")!.TextContent.Trim();
    }

    private static async Task<string> AntiforgeryAsync(Browser browser) => (await browser.OpenAsync("/account")).Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

    private Task<Client> ClientAsync(System.Linq.Expressions.Expression<Func<Client, bool>> which) => host.InStoreAsync(db => db.Set<Client>().AsNoTracking().SingleAsync(which));

    private async Task<HttpStatusCode> TokenAsync(string id, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "notes:read")]) };
        request.Headers.Authorization = RelyingParty.Basic(id, secret);
        using var response = await host.Http.SendAsync(request);
        return response.StatusCode;
    }
}
