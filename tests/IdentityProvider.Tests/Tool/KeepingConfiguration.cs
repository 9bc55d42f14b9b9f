using System.Text.Json.Nodes;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Webhooks;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Tool;

/// <summary>idp setup: export, plan, apply and drift, between two real servers.</summary>
public sealed class KeepingConfiguration : IAsyncLifetime
{
    private const string WebhookSecret = "whsec_YW5vdGhlciBzZWNyZXQgZm9yIHRoaXMgdGVzdA==";
    private IdpHost full = null!, empty = null!;
    private ToolBench atFull = null!, atEmpty = null!;

    public async Task InitializeAsync()
    {
        full = await IdpHost.StartAsync(new IdpSetup { Document = ToolBench.Document(Rich) });
        empty = await IdpHost.StartAsync(new IdpSetup { Document = ToolBench.Document(Bare) });
        (atFull, atEmpty) = (ToolBench.Robot(full), ToolBench.Robot(empty));
    }

    public async Task DisposeAsync()
    {
        atFull.Dispose();
        atEmpty.Dispose();
        await full.DisposeAsync();
        await empty.DisposeAsync();
    }

    [Fact]
    public async Task A_server_made_from_the_export_of_another_exports_the_same_bytes()
    {
        var document = await ExportAsync(atFull);
        var (file, needed) = (atEmpty.Write("setup.json", document), Variables(document));
        Assert.DoesNotContain(TestDocument.Secret, document, StringComparison.Ordinal);
        Assert.DoesNotContain("users", JsonNode.Parse(document)!.AsObject().Select(section => section.Key));

        // Without their secrets nothing is written, and all of them are named at once.
        var refused = await atEmpty.RunAsync("setup", "apply", file);
        Assert.Equal(1, refused.Code);
        foreach (var name in needed.Where(name => name is not "CLIENT_ROBOT_SECRET"))
            Assert.Contains(name, refused.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await atEmpty.RunAsync("setup", "drift", file)).Code);

        foreach (var name in needed)
            atEmpty.Variables[name] = name.StartsWith("WEBHOOK_", StringComparison.Ordinal) ? WebhookSecret : $"the secret of {name} for this test";
        var applied = await atEmpty.RunAsync("setup", "apply", file);
        Assert.True(applied.Code == 0, applied.Error);
        Assert.Equal(document, await ExportAsync(atEmpty));
        var same = await atEmpty.RunAsync("setup", "drift", file);
        Assert.Equal((0, ""), (same.Code, same.Output));

        // Once more is no change; the secrets went where they belong.
        var audited = await ToolBench.AuditedAsync(empty);
        Assert.Contains("0 changed", (await atEmpty.RunAsync("setup", "apply", file)).Error, StringComparison.Ordinal);
        Assert.Equal(audited, await ToolBench.AuditedAsync(empty));
        Assert.DoesNotContain(WebhookSecret, document, StringComparison.Ordinal);
        Assert.Contains("WEBHOOK_SIEM_TEST_HOOK_SOURCE_IDP_SECRET", needed);
        Assert.Equal(["https://off.test/", "https://siem.test/hook?source=idp"], await empty.InStoreAsync(db => db.Set<Webhook>().Select(w => w.Url).Order().ToListAsync()));
        (atEmpty.Variables["IDP_CLIENT_ID"], atEmpty.Variables["IDP_CLIENT_SECRET"]) = ("worker", atEmpty.Variables["CLIENT_WORKER_SECRET"]);

        // The server reads its scopes anew within a second.
        await Eventually.HoldsAsync(async () => (await atEmpty.RunAsync("token", "--scope", "notes:read")).Code == 0);
    }

    [Fact]
    public async Task The_export_is_a_document_that_the_server_takes_with_people_where_they_are_wanted()
    {
        var document = await ExportAsync(atFull);
        Assert.Equal("clients", JsonNode.Parse((await atFull.RunAsync("setup", "schema")).Output)!["properties"]!.AsObject().First(section => JsonNode.Parse(document)!.AsObject().ContainsKey(section.Key) && section.Key != "$schema").Key);
        var people = (await atFull.RunAsync("setup", "export", "--with-users")).Output;
        Assert.Contains(JsonNode.Parse(people)!["users"]!.AsArray(), user => (string?)user!["username"] == "ada");
        Assert.Equal(["grace"], JsonNode.Parse(people)!["groups"]!.AsArray().Single(group => (string?)group!["name"] == "staff")!["members"]!.AsArray().Select(member => (string?)member));
        Assert.Equal(0, (await atFull.RunAsync("setup", "drift", atFull.Write("people.json", people))).Code);
    }

    [Fact]
    public async Task A_plan_names_what_differs_by_field_and_writes_nothing()
    {
        var document = JsonNode.Parse(await ExportAsync(atFull))!;
        var web = document["clients"]!.AsArray().Single(client => (string?)client!["client_id"] == "web")!;
        web["client_name"] = "The web";
        web["redirect_uris"] = new JsonArray("https://client.test/new");
        web["client_secret"] = "another secret of the web that cannot be compared";
        document["roles"]!.AsArray().Add(new JsonObject { ["name"] = "auditor", ["permissions"] = new JsonArray("audit:read") });
        document["groups"]!.AsArray().Remove(document["groups"]!.AsArray().Single(group => (string?)group!["name"] == "staff"));
        var file = atFull.Write("changed.json", document.ToJsonString());
        var audited = await ToolBench.AuditedAsync(full);

        var plan = await atFull.RunAsync("setup", "plan", file);
        Assert.Equal((0, "+ roles auditor\n~ clients web: client_name, redirect_uris\n"), (plan.Code, plan.Output.ReplaceLineEndings("\n")));
        var drift = await atFull.RunAsync("setup", "drift", file, "--output", "json");
        Assert.Equal(3, drift.Code);
        var changes = JsonNode.Parse(drift.Output)!["changes"]!.AsArray();
        Assert.Contains(changes, change => (string?)change!["action"] == "extra" && (string?)change["name"] == "staff");
        var changed = changes.Single(change => (string?)change!["action"] == "change")!;
        Assert.Equal(("Web", "The web"), ((string?)changed["fields"]!["client_name"]!["server"], (string?)changed["fields"]!["client_name"]!["document"]));
        Assert.DoesNotContain("cannot be compared", drift.Output, StringComparison.Ordinal);

        var dry = await atFull.RunAsync("setup", "apply", file, "--dry-run");
        Assert.Contains("PUT /api/admin/v1/clients/web", dry.Output, StringComparison.Ordinal);
        Assert.Equal(audited, await ToolBench.AuditedAsync(full));

        Assert.Equal(0, (await atFull.RunAsync("setup", "apply", file)).Code);
        Assert.Equal("", (await atFull.RunAsync("setup", "plan", file)).Output);
        Assert.Equal(3, (await atFull.RunAsync("setup", "drift", file)).Code);
    }

    [Fact]
    public async Task All_problems_of_all_documents_are_told_with_their_lines_before_anything_is_written()
    {
        var one = atEmpty.Write("one.json", """
            {
              // Comments are welcome.
              "roles": [{ "name": "one", "permissions": ["not a permission"] }],
              "clients": [
                { "client_id": "a", "client_secret": {
                    "env": "UNSET" },
                  "redirect_uris": ["http://example.com/cb"], "scope": "nowhere" },
              ]
            }
            """);
        var two = atEmpty.Write("two.json", """{ "roles": [{ "name": "one" }], "users": [{ "username": "mary", "password": { "env": "MARY" }, "roles": ["nobodys"] }] }""");
        var audited = await ToolBench.AuditedAsync(empty);
        var answer = await atEmpty.RunAsync("setup", "apply", one, two);
        Assert.Equal(1, answer.Code);
        Assert.Contains("one.json:3: ", answer.Error, StringComparison.Ordinal);
        Assert.Contains("one.json:7: clients[0].redirect_uris[0]", answer.Error, StringComparison.Ordinal);
        Assert.Contains("one.json:7: clients[0].scope", answer.Error, StringComparison.Ordinal);
        Assert.Contains("described twice", answer.Error, StringComparison.Ordinal);
        Assert.Contains("nobodys", answer.Error, StringComparison.Ordinal);
        Assert.Contains("mary", answer.Error, StringComparison.Ordinal);
        Assert.Equal(audited, await ToolBench.AuditedAsync(empty));
        Assert.Equal(2, (await atEmpty.RunAsync("setup", "plan", Path.Combine(atEmpty.Folder, "none.json"))).Code);
        Assert.Equal(2, (await atEmpty.RunAsync("setup", "plan", atEmpty.Write("bad.json", "{"))).Code);
    }

    [Fact]
    public async Task What_was_cut_in_the_middle_says_how_far_it_came_and_is_finished_by_running_it_again()
    {
        // Nobody gives what they do not hold: the second role is refused by the server, and by no check of the document.
        var file = atEmpty.Write("half.json", """{ "roles": [{ "name": "a-first", "permissions": ["users:read"] }, { "name": "b-second", "permissions": ["photos:read:all"] }], "groups": [{ "name": "z-last", "roles": ["a-first"] }] }""");
        var cut = await atEmpty.RunAsync("setup", "apply", file);
        Assert.Equal(4, cut.Code);
        Assert.Contains("Stopped at:\n+ roles b-second", cut.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("Not done (1):\n+ groups z-last", cut.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        var mended = atEmpty.Write("whole.json", (await File.ReadAllTextAsync(file)).Replace("photos:read:all", "roles:read", StringComparison.Ordinal));
        var done = await atEmpty.RunAsync("setup", "apply", mended);
        Assert.Equal(0, done.Code);
        Assert.Contains("2 changed, 1 unchanged.", done.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nested_groups_people_and_programs_come_in_the_order_in_which_they_lean_on_each_other()
    {
        var file = atEmpty.Write("nested.json", """
            { "groups": [ { "name": "a-outer", "groups": ["b-middle"], "members": ["mary", "nightly"] }, { "name": "b-middle", "groups": ["c-inner"] }, { "name": "c-inner", "roles": ["reader-2"] } ],
              "roles": [ { "name": "reader-2", "permissions": ["roles:read"] } ],
              "service_accounts": [ { "name": "nightly", "roles": ["reader-2"] } ],
              "users": [ { "username": "mary", "email": "mary@example.test", "email_verified": true, "roles": ["reader-2"] } ] }
            """);
        Assert.Equal(0, (await atEmpty.RunAsync("setup", "apply", file, "--dry-run")).Code);
        var applied = await atEmpty.RunAsync("setup", "apply", file);
        Assert.True(applied.Code == 0, applied.Error);
        var plan = await atEmpty.RunAsync("setup", "plan", file);
        Assert.Equal((0, ""), (plan.Code, plan.Output));
        var members = await atEmpty.JsonAsync("groups", "members", "list", "a-outer");
        Assert.Equal(["mary", "nightly"], members.AsArray().Select(member => (string?)member!["preferred_username"]).Order());

        // Fewer members, another address; the roles are left alone.
        var fewer = atEmpty.Write("fewer.json", """{ "groups": [ { "name": "a-outer", "groups": ["b-middle"], "members": ["MARY"] } ], "users": [ { "username": "Mary", "email": "m@example.test" } ], "removed_providers": ["none"] }""");
        var changed = await atEmpty.RunAsync("setup", "apply", fewer);
        Assert.True(changed.Code == 0, changed.Error);
        Assert.Single((await atEmpty.JsonAsync("groups", "members", "list", "a-outer")).AsArray());
        Assert.Equal("reader-2", (string?)(await atEmpty.JsonAsync("users", "roles", "mary"))["roles"]![0]);
        var mary = await atEmpty.JsonAsync("users", "show", "mary");
        Assert.Equal(("mary", "m@example.test", false), ((string?)mary["preferred_username"], (string?)mary["email"], (bool)mary["email_verified"]!));
        Assert.Equal("", (await atEmpty.RunAsync("setup", "plan", fewer)).Output);
    }

    [Fact]
    public async Task A_document_from_outside_reads_no_secret_of_the_server()
    {
        var token = (await atEmpty.RunAsync("token", "--scope", "urn:identityprovider:admin")).Output.Trim();
        var api = new Admin.RightsBench(empty, new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        foreach (var reference in new[] { """{ "env": "PATH" }""", """{ "file": "/etc/hostname" }""" })
        {
            var text = $$"""{ "clients": [{ "client_id": "x", "grant_types": [], "client_secret": {{reference}} }] }""";
            var answer = await api.SendAsync(HttpMethod.Post, "setup/check", token, new { documents = new[] { new { name = "x.json", text } } });
            var problem = Assert.Single(answer.Body.GetProperty("problems").EnumerateArray()).GetProperty("problem").GetString()!;
            Assert.Contains("must not", problem, StringComparison.Ordinal);
        }

        foreach (var body in new object[] { new { }, new { documents = new[] { new { name = "", text = "{}" } } }, new { documents = "x" }, new { documents = Enumerable.Range(0, 21).Select(i => new { name = "x", text = "{}" }) } })
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Post, "setup/check", token, body)).Status);
        var narrow = (await atEmpty.RunAsync("token", "--scope", "clients:read")).Output.Trim();
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await api.SendAsync(HttpMethod.Post, "setup/check", narrow, new { documents = Array.Empty<string>() })).Status);
    }

    [Fact]
    public void What_is_sent_for_a_check_has_no_secret_and_the_same_lines()
    {
        const string text = """
            { "clients": [ { "client_secret": {
              "env": "X" }, // a comment
              "client_id": "a" }, { "client_secret": "in-the-document-0123456789", "x": { "client_secret": 5 } } ], "webhooks": [ { "secret": "whsec_in-the-document" } ], }
            """;
        var sent = IdentityProvider.Tool.Setup.SetupFiles.WithoutSecrets(text);
        Assert.DoesNotContain("in-the-document", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("env", sent, StringComparison.Ordinal);
        Assert.Equal(text.Count(c => c == '\n'), sent.Count(c => c == '\n'));
        Assert.Equal(text.Split('\n')[2].Split(',')[0], sent.Split('\n')[2].Split(',')[0]);
    }

    private static async Task<string> ExportAsync(ToolBench tool)
    {
        var answer = await tool.RunAsync("setup", "export");
        return answer.Code == 0 ? answer.Output : throw new InvalidOperationException(answer.Error);
    }

    private static IReadOnlyList<string> Variables(string document) =>
        [.. new[] { "clients", "providers", "webhooks" }.SelectMany(section => JsonNode.Parse(document)![section]!.AsArray()).Select(entry => (string?)(entry!["client_secret"] ?? entry["secret"])?["env"]).OfType<string>()];

    /// <summary>Something of every kind, with what is seldom and what is written in another order than it comes out.</summary>
    private static void Rich(JsonObject document)
    {
        var more = JsonNode.Parse("""
            {
              "clients": [
                { "client_id": "a-b", "client_secret": "a-secret-of-the-client-a-b-0123456789", "redirect_uris": ["https://b.test/cb", "https://a.test/cb"], "scope": "openid notes:write notes:read", "contacts": ["ops@a.test"], "consent": "implicit",
                  "logo_uri": "https://a.test/logo.png", "policy_uri": "https://a.test/policy", "tos_uri": "https://a.test/tos", "access_token_lifetime": 120, "refresh_token_lifetime": 3600, "required_acr": "urn:identityprovider:acr:mfa",
                  "backchannel_logout_uri": "https://a.test/logout", "backchannel_logout_session_required": true, "access_token_format": "reference", "id_token_signed_response_alg": "ES256" },
                { "client_id": "a.b", "client_secret": "a-secret-of-the-client-a.b-0123456789", "grant_types": ["client_credentials"], "scope": "notes:read", "service_account": "nightly" },
                { "client_id": "gateway", "client_secret": "a-secret-of-the-gateway-0123456789", "grant_types": ["urn:ietf:params:oauth:grant-type:token-exchange"], "scope": "notes:read", "token_exchange_audiences": ["https://notes.test"] },
                { "client_id": "corp", "token_endpoint_auth_method": "none", "redirect_uris": ["https://corp.test/cb"], "scope": "openid shoe-size", "providers": ["zeta", "corp"], "local_sign_in": false }
              ],
              "scopes": [ { "name": "shoe-size", "description": "Where you are", "claims": ["zoneinfo", "locale"] } ],
              "providers": [
                { "name": "zeta", "kind": "google", "client_id": "zeta-id", "client_secret": "zeta-secret" },
                { "name": "corp", "display_name": "Corp \u00e9", "issuer": "https://corp.example.test", "client_id": "corp-id", "client_secret": "corp-secret", "scopes": ["profile", "openid", "email"], "domains": ["b.test", "a.test"],
                  "role_rules": [ { "claim": "groups", "value": "x", "role": "reader" } ], "claims": { "name": "display" }, "creates_accounts": true, "enabled": false },
                { "name": "plain", "kind": "oauth2", "display_name": "Plain", "authorization_endpoint": "https://plain.test/a", "token_endpoint": "https://plain.test/t", "userinfo_endpoint": "https://plain.test/u", "client_id": "plain-id",
                  "client_secret": "plain-secret", "scopes": ["who"], "claims": { "sub": "id" } }
              ],
              "groups": [
                { "name": "all", "description": "Everybody", "groups": ["staff"] },
                { "name": "staff", "roles": ["reader", "deputy"], "members": ["grace"] }
              ],
              "service_accounts": [ { "name": "nightly", "description": "At night", "roles": ["reader"] } ],
              "webhooks": [
                { "url": "https://siem.test/hook?source=idp", "events": ["sign_in.*", "audit.*"], "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz" },
                { "url": "https://off.test/", "description": "Quiet \u00e9", "events": ["*"], "enabled": false, "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz" }
              ]
            }
            """)!.AsObject();
        foreach (var (section, entries) in more)
        {
            document[section] ??= new JsonArray();
            foreach (var entry in entries!.AsArray())
                document[section]!.AsArray().Add(entry!.DeepClone());
        }

        Held(document);
    }

    private static void Bare(JsonObject document)
    {
        foreach (var section in new[] { "apis", "scopes", "users" })
            document.Remove(section);
        var robot = document["clients"]!.AsArray().Single(client => (string?)client!["client_id"] == "robot")!.DeepClone();
        robot["scope"] = ((string)robot["scope"]!).Replace("notes:read ", "", StringComparison.Ordinal);
        document["clients"] = new JsonArray(robot);
        document["roles"] = new JsonArray(document["roles"]!.AsArray().Single(role => (string?)role!["name"] == "admin")!.DeepClone());
        Held(document);
    }

    /// <summary>Who applies a document must hold what its roles permit.</summary>
    private static void Held(JsonObject document) =>
        document["roles"]!.AsArray().Single(role => (string?)role!["name"] == "admin")!["permissions"]!.AsArray().Add("notes:read:own");
}
