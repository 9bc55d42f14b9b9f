using System.Text.Json.Nodes;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Tool;

/// <summary>Each kind of thing by its commands, over HTTP.</summary>
public sealed class AdministeringWithTheTool : IAsyncLifetime
{
    private IdpHost host = null!;
    private ToolBench tool = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Document = ToolBench.Document() });
        tool = ToolBench.Robot(host);
    }

    public async Task DisposeAsync()
    {
        tool.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task People_are_found_made_changed_and_closed_by_the_name_they_sign_in_with()
    {
        var made = await tool.JsonAsync("users", "create", "mary", "--set", "email=mary@example.test", "--set", "email_verified:=true", "--set", "name=Mary Shelley");
        Assert.Equal("Mary Shelley", (string?)made["name"]);
        Assert.Equal((string)made["sub"]!, (string)(await tool.JsonAsync("users", "show", "MARY@example.test"))["sub"]!);
        var changed = await tool.JsonAsync("users", "update", "mary", "--set", "name=Mary W. Shelley", "--set", "disabled:=true");
        Assert.Equal(("Mary W. Shelley", "mary@example.test", true), ((string?)changed["name"], (string?)changed["email"], (bool)changed["disabled"]!));
        Assert.Equal(["mary"], (await tool.JsonAsync("users", "list", "--state", "disabled")).AsArray().Select(user => (string?)user!["preferred_username"]));

        var roles = await tool.JsonAsync("users", "roles", "mary", "--add", "reader", "--add", "chief");
        Assert.Equal(["chief", "reader"], roles["roles"]!.AsArray().Select(role => (string?)role).Order());
        roles = await tool.JsonAsync("users", "roles", "mary", "--remove", "chief");
        Assert.Equal(["reader"], roles["roles"]!.AsArray().Select(role => (string?)role));
        foreach (var verb in new[] { "unlock", "end-sessions" })
            Assert.Equal((0, ""), await tool.RunAsync("users", verb, "mary") is var done ? (done.Code, done.Output) : default);
        Assert.Equal(0, (await tool.RunAsync("users", "reset-factors", "otto", "--reason", "lost her phone")).Code);
        Assert.Equal(0, (await tool.RunAsync("users", "delete", "mary")).Code);
        Assert.Equal(0, (await tool.RunAsync("users", "restore", "mary")).Code);

        var nobody = await tool.RunAsync("users", "show", "nobody");
        Assert.Equal(1, nobody.Code);
        Assert.Contains("\"nobody\"", nobody.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await tool.RunAsync("users", "update", "otto")).Code);
        Assert.Equal(2, (await tool.RunAsync("users", "list", "--limit", "0")).Code);
    }

    [Fact]
    public async Task A_list_ends_where_it_was_told_to_and_says_so()
    {
        var some = await tool.RunAsync("users", "list", "--limit", "2", "--sort", "username");
        Assert.Equal(3, some.Output.Trim().Split('\n').Length);
        Assert.Contains("--all", some.Error, StringComparison.Ordinal);
        var all = await tool.RunAsync("users", "list", "--all");
        Assert.Equal(7, all.Output.Trim().Split('\n').Length);
        Assert.Empty(all.Error);
    }

    [Fact]
    public async Task A_client_comes_from_a_file_shows_its_secret_once_and_goes()
    {
        var file = tool.Write("night.json", """{ "client_id": "https://night.test/shift", "grant_types": ["client_credentials"], "scope": "notes:read", "client_secret": { "env": "NIGHT" } }""");
        Assert.Equal(2, (await tool.RunAsync("clients", "create", "--file", file)).Code);
        tool.Variables["NIGHT"] = "a-secret-from-the-environment-0123456789";
        var made = await tool.RunAsync("clients", "create", "--file", file, "--output", "json");
        Assert.Equal(0, made.Code);
        Assert.DoesNotContain(tool.Variables["NIGHT"], made.Output + made.Error, StringComparison.Ordinal);

        var secret = (string)(await tool.JsonAsync("clients", "secrets", "add", "https://night.test/shift", "--overlap", "60"))["client_secret"]!;
        Assert.True(secret.Length >= 32);
        var listed = await tool.JsonAsync("clients", "secrets", "list", "https://night.test/shift");
        Assert.Equal(2, listed.AsArray().Count);
        Assert.DoesNotContain(secret, listed.ToJsonString(), StringComparison.Ordinal);
        var changed = await tool.JsonAsync("clients", "update", "https://night.test/shift", "--set", "client_name=Night shift", "--set", "contacts:=[\"ops@night.test\"]");
        Assert.Equal(("Night shift", "notes:read"), ((string?)changed["client_name"], (string?)changed["scope"]));
        Assert.Equal(0, (await tool.RunAsync("clients", "delete", "https://night.test/shift")).Code);
        Assert.Equal(1, (await tool.RunAsync("clients", "show", "https://night.test/shift")).Code);

        // A secret among the arguments is in the list of processes.
        Assert.Equal(2, (await tool.RunAsync("clients", "create", "bad", "--set", "client_secret=a-secret-of-more-than-sixteen")).Code);
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_fields_and_its_error_id()
    {
        var answer = await tool.RunAsync("clients", "create", "bad", "--set", "grant_types:=[\"implicit\"]", "--set", "redirect_uris:=[\"http://example.com/cb\"]");
        Assert.Equal((1, ""), (answer.Code, answer.Output));
        Assert.Contains("400 ", answer.Error, StringComparison.Ordinal);
        Assert.Contains("grant_types[0]: ", answer.Error, StringComparison.Ordinal);
        Assert.Contains("redirect_uris[0]: ", answer.Error, StringComparison.Ordinal);
        Assert.Matches("Error id: [0-9a-f]{32}", answer.Error);
    }

    [Fact]
    public async Task Roles_groups_apis_scopes_accounts_and_webhooks_take_the_same_verbs()
    {
        (string Name, string Key, string[] Create, string Change)[] table =
        [
            ("roles", "editor", ["--set", "permissions:=[\"users:read\"]"], "permissions:=[]"),
            ("groups", "staff", ["--set", "roles:=[\"reader\"]"], "description=All of them"),
            ("apis", "https://photos.example.test", ["--set", "display_name=Photos"], "display_name=Pictures"),
            ("scopes", "shoe-size", ["--set", "claims:=[\"zoneinfo\"]"], "description=Your time zone"),
            ("service-accounts", "nightly", ["--set", "description=At night"], "description=By day"),
        ];
        foreach (var (name, key, create, change) in table)
        {
            await tool.JsonAsync([name, "create", key, .. create]);
            var (member, value) = (change.Split(":=")[0].Split('=')[0], change[(change.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            Assert.Equal(value, (await tool.JsonAsync(name, "update", key, "--set", change))[member]!.ToString());
            Assert.Contains(key, (await tool.RunAsync(name, "list")).Output, StringComparison.Ordinal);
            Assert.Equal((0, ""), await tool.RunAsync(name, "delete", key) is var gone ? (gone.Code, gone.Output) : default);
            Assert.Equal(1, (await tool.RunAsync(name, "show", key)).Code);
        }

        await tool.JsonAsync("groups", "create", "crew");
        Assert.Equal(0, (await tool.RunAsync("groups", "members", "add", "crew", "grace")).Code);
        Assert.Equal("grace", (string?)(await tool.JsonAsync("groups", "members", "list", "crew"))[0]!["preferred_username"]);
        Assert.Equal(0, (await tool.RunAsync("groups", "members", "remove", "crew", "grace")).Code);
        Assert.Contains("users:read", (await tool.RunAsync("roles", "permissions")).Output, StringComparison.Ordinal);
        var held = await tool.JsonAsync("service-accounts", "roles", "robot");
        Assert.Equal("admin", (string?)held["roles"]![0]);
    }

    [Fact]
    public async Task Sessions_keys_and_the_audit_are_looked_at_and_acted_on()
    {
        using var browser = new Browser(host);
        await new RelyingParty(host, "trusted").SignInAsync(browser, username: "grace");
        var sessions = await tool.JsonAsync("sessions", "list", "--user", "grace");
        if (sessions.AsArray().Count > 0)
            Assert.Equal(0, (await tool.RunAsync("sessions", "end", (string)sessions[0]!["sid"]!)).Code);
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<Session>().CountAsync(session => session.User.UserName == "grace" && session.CompletedAt != null)));

        Assert.Contains("RS256", (await tool.RunAsync("keys", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await tool.RunAsync("keys", "rotate")).Code);
        foreach (var name in new[] { "grants", "consents", "api-keys", "providers", "webhooks" })
            Assert.Equal(0, (await tool.RunAsync(name, "list")).Code);
        Assert.Equal(0, (await tool.RunAsync("settings")).Code);
        Assert.True((int)(await tool.JsonAsync("statistics"))["users"]! >= 6);

        await Eventually.HoldsAsync(async () => (await tool.RunAsync("audit", "search", "--name", "signing_keys.*")).Output.Contains("signing_keys.", StringComparison.Ordinal));
        Assert.True((bool)(await tool.JsonAsync("audit", "verify"))["ok"]!);
        var exported = Path.Combine(tool.Folder, "audit.csv");
        Assert.Equal(0, (await tool.RunAsync("audit", "export", "--format", "csv", "--file", exported)).Code);
        Assert.Contains("signing_keys.", await File.ReadAllTextAsync(exported), StringComparison.Ordinal);
        Assert.Equal(1, (await tool.RunAsync("audit", "export", "--file", exported)).Code);
        var lines = (await tool.RunAsync("audit", "export", "--name", "signing_keys.*")).Output.Trim().Split('\n');
        Assert.All(lines, line => Assert.StartsWith("signing_keys.", (string?)JsonNode.Parse(line)!["name"]));
    }

    [Fact]
    public async Task A_program_makes_no_key_and_is_told_so()
    {
        var refused = await tool.RunAsync("service-accounts", "keys", "create", "robot", "--set", "name=Another");
        Assert.Equal(4, refused.Code);
        Assert.Contains("program", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_send_and_nothing_changes()
    {
        var file = tool.Write("client.json", """{ "client_id": "dry", "client_secret": "a-secret-in-a-file-that-is-dry", "redirect_uris": ["https://dry.test/cb"] }""");
        await tool.RunAsync("roles", "list");
        var (audited, people) = (await ToolBench.AuditedAsync(host), await host.InStoreAsync(db => db.Set<User>().AsNoTracking().OrderBy(user => user.Id).Select(user => user.ConcurrencyStamp).ToListAsync()));
        string[][] commands =
        [
            ["users", "create", "mary", "--set", "email=mary@example.test"], ["users", "update", "grace", "--set", "name=Nobody"], ["users", "roles", "grace", "--add", "admin"], ["users", "unlock", "grace"],
            ["users", "recovery", "grace"], ["users", "reset-factors", "grace", "--reason", "x"], ["users", "end-sessions", "grace"], ["users", "delete", "grace"], ["users", "invite", "new@example.test"],
            ["clients", "create", "--file", file], ["clients", "update", "web", "--set", "client_name=x"], ["clients", "delete", "web"], ["clients", "secrets", "add", "web"], ["clients", "secrets", "remove", "web", "x"],
            ["roles", "create", "x"], ["roles", "update", "reader", "--set", "permissions:=[]"], ["roles", "delete", "reader"], ["groups", "create", "x"], ["groups", "members", "add", "x", "grace"],
            ["service-accounts", "create", "x"], ["service-accounts", "keys", "create", "robot"], ["service-accounts", "keys", "rotate", "robot", "x"], ["api-keys", "revoke", "x"],
            ["keys", "rotate"], ["keys", "replace", "--confirm", "x"], ["panic", "--confirm", "x"], ["sessions", "end", "x"], ["grants", "revoke", "x"], ["consents", "revoke", "x"],
            ["apis", "create", "https://x.test"], ["scopes", "create", "x"], ["providers", "create", "x"], ["webhooks", "create"], ["webhooks", "test", "x"],
        ];
        foreach (var command in commands)
        {
            var answer = await tool.JsonAsync([.. command, "--dry-run"]);
            Assert.True((bool)answer["dry_run"]!);
            Assert.Single(answer["requests"]!.AsArray());
            Assert.DoesNotContain("a-secret", answer.ToJsonString(), StringComparison.Ordinal);
        }

        Assert.Equal(audited, await ToolBench.AuditedAsync(host));
        Assert.Equal(people, await host.InStoreAsync(db => db.Set<User>().AsNoTracking().OrderBy(user => user.Id).Select(user => user.ConcurrencyStamp).ToListAsync()));
        var words = await tool.RunAsync("users", "unlock", "grace", "--dry-run");
        Assert.StartsWith("POST /api/admin/v1/users/", words.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was sent", words.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_one_area_is_not_let_into_another()
    {
        tool.Variables["IDP_SCOPE"] = "users:read";
        Assert.Equal(0, (await tool.RunAsync("users", "list")).Code);
        Assert.Equal(4, (await tool.RunAsync("users", "unlock", "grace")).Code);
        Assert.Equal(4, (await tool.RunAsync("audit", "verify")).Code);
    }
}
