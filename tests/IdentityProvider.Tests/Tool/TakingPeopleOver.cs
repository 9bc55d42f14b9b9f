using System.Text.Json.Nodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Tool;

/// <summary>idp import, and the operation of the admin API behind it.</summary>
public sealed class TakingPeopleOver : IAsyncLifetime
{
    private const string Hash = "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
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
    public async Task A_file_of_any_length_comes_in_by_parts_and_who_is_refused_is_named_with_their_line()
    {
        var lines = Enumerable.Range(1, 450).Select(i => i switch
        {
            7 => "{ this is no JSON",
            8 => "",
            203 => """{"username":"with\nbreak"}""",
            204 => """{"username":"wrong","pasword_hash":"x"}""",
            205 => """{"username":"half\ud800"}""",
            206 => """{"username":"chiefling","roles":["chief"]}""",
            207 => """{"username":"boss","roles":["boss"]}""",
            208 => """{"username":"ada"}""",
            _ => $$"""{"username":"p{{i}}","email":"p{{i}}@example.test","password_hash":"{{Hash}}","created_at":"2020-01-01T00:00:00Z"}""",
        });
        var file = tool.Write("people.ndjson", string.Join('\n', lines));

        var dry = await tool.JsonAsync(1, "import", file, "--dry-run");
        Assert.Equal((443, 0, true), ((int)dry["created"]!, (int)dry["unchanged"]!, (bool)dry["dry_run"]!));
        Assert.Equal(6, await host.InStoreAsync(db => db.Set<User>().CountAsync(user => user.ServiceSince == null)));

        var answer = await tool.RunAsync("import", file);
        Assert.Equal((1, "443 created, 0 unchanged, 6 refused"), (answer.Code, answer.Output.Trim()));
        foreach (var line in new[] { 7, 203, 204, 205, 207, 208 })
            Assert.Contains($"people.ndjson:{line}: ", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(":206:", answer.Error, StringComparison.Ordinal);
        Assert.Equal(449, await host.InStoreAsync(db => db.Set<User>().CountAsync(user => user.ServiceSince == null)));

        // Again is no change, and each part that wrote is audited with who did it.
        answer = await tool.RunAsync("import", file);
        Assert.StartsWith("0 created, 443 unchanged, 6 refused", answer.Output, StringComparison.Ordinal);
        var records = await host.InStoreAsync(db => db.Set<AuditRecord>().Where(record => record.Name == "setup.users_imported").ToListAsync());
        Assert.Equal(3, records.Count);
        Assert.All(records, record => Assert.Equal(record.ActorId, records[0].ActorId));
        Assert.NotNull(records[0].ActorId);
    }

    [Fact]
    public async Task Nobody_gives_by_an_import_what_they_do_not_hold()
    {
        var file = tool.Write("people.ndjson", """{"username":"mole","roles":["deputy"]}""");
        var refused = await tool.RunAsync("import", file);
        Assert.Equal(1, refused.Code);
        Assert.Contains("more than you hold", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_wants_the_rights_over_people_and_over_roles()
    {
        var file = tool.Write("people.ndjson", """{"username":"mary"}""");
        foreach (var scope in new[] { "users:read", "users:write", "roles:write" })
        {
            tool.Variables["IDP_SCOPE"] = scope;
            Assert.Equal(4, (await tool.RunAsync("import", file)).Code);
        }

        tool.Variables["IDP_SCOPE"] = "users:write roles:write";
        Assert.Equal(0, (await tool.RunAsync("import", file)).Code);
    }

    [Fact]
    public async Task Exports_of_other_systems_are_read_as_arrays_and_as_objects()
    {
        var identity = tool.Write("aspnet.json", """[ { "Id": "0195c1a2-0000-7000-8000-000000000001", "UserName": "anna", "Email": "anna@example.test", "EmailConfirmed": true }, 5 ]""");
        var answer = await tool.RunAsync("import", identity, "--format", "asp-net-identity");
        Assert.Equal((1, "1 created, 0 unchanged, 1 refused"), (answer.Code, answer.Output.Trim()));
        Assert.Equal("0195c1a2-0000-7000-8000-000000000001", (string?)(await tool.JsonAsync("users", "show", "anna"))["sub"]);

        var realm = tool.Write("realm.json", """{ "realm": "x", "users": [ { "username": "kai", "email": "kai@example.test", "enabled": true } ] }""");
        Assert.Equal(0, (await tool.RunAsync("import", realm, "--format", "keycloak")).Code);
        Assert.Equal(1, (await tool.RunAsync("import", identity, "--format", "keycloak")).Code);
        var cut = tool.Write("cut.json", """[ { "UserName": "first" }, { "User""");
        Assert.Equal(1, (await tool.RunAsync("import", cut, "--format", "asp-net-identity")).Code);
        Assert.Equal(2, (await tool.RunAsync("import", Path.Combine(tool.Folder, "none"))).Code);
        Assert.Equal(2, (await tool.RunAsync("import", realm, "--format", "ldap")).Code);
    }

    [Fact]
    public async Task The_operation_takes_some_hundred_and_tells_all_that_is_wrong_with_a_request()
    {
        var api = new Admin.RightsBench(host, new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        var token = (await tool.RunAsync("token", "--scope", "users:write roles:write")).Output.Trim();
        var many = new JsonArray([.. Enumerable.Range(0, 501).Select(i => (JsonNode)new JsonObject { ["username"] = $"p{i}" })]);
        foreach (var body in new JsonObject[] { [], new() { ["records"] = many }, new() { ["format"] = "ldap", ["records"] = new JsonArray(new JsonObject()) }, new() { ["records"] = new JsonArray(5) }, new() { ["records"] = "x" } })
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Post, "users/import", token, body)).Status);
        var empty = await api.SendAsync(HttpMethod.Post, "users/import", token, new { records = new[] { new { } } });
        Assert.Equal("refused", empty.Body.GetProperty("results")[0].GetProperty("result").GetString());
    }
}
