using IdentityProvider.Clients;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Roles;
using IdentityProvider.Setup;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Setup;

public sealed class ApplyingDocuments : IAsyncDisposable
{
    private const string Demo = """
        {
          "clients": [
            { "client_id": "web", "client_name": "Web", "client_secret": "a-secret-with-more-than-32-characters", "contacts": ["a@example.com"],
              "redirect_uris": ["https://web.example/cb"], "grant_types": ["authorization_code", "refresh_token"], "scope": "openid offline_access team notes:read", "access_token_lifetime": 300 },
            { "client_id": "https://notes.example", "client_secret": "another-secret-with-32-characters", "grant_types": [] }
          ],
          "apis": [{ "identifier": "https://notes.example", "display_name": "Notes", "scopes": [{ "name": "notes:read", "description": "Read your notes" }, { "name": "notes:write" }] }],
          "scopes": [{ "name": "team", "claims": ["team"] }],
          "roles": [{ "name": "editor", "permissions": ["notes:write:own"] }],
          "users": [{ "username": "ada", "email": "ada@example.com", "email_verified": true, "name": "Ada", "password": "correct horse battery", "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "roles": ["editor", "user"] }]
        }
        """;

    private readonly SetupBench bench = new();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task A_document_is_applied_whole_and_a_second_time_changes_nothing()
    {
        Assert.Equal(
            ["roles: 1 created, 0 updated, 0 unchanged", "apis: 1 created, 0 updated, 0 unchanged", "scopes: 3 created, 0 updated, 0 unchanged", "clients: 2 created, 0 updated, 0 unchanged", "providers: 0 created, 0 updated, 0 unchanged", "webhooks: 0 created, 0 updated, 0 unchanged", "service accounts: 0 created, 0 updated, 0 unchanged", "users: 1 created, 0 updated, 0 unchanged", "groups: 0 created, 0 updated, 0 unchanged"],
            await bench.ApplyAsync(Demo));
        var before = await bench.DumpAsync();
        Assert.Contains("notes:write:own", before, StringComparison.Ordinal);

        bench.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(
            ["roles: 0 created, 0 updated, 1 unchanged", "apis: 0 created, 0 updated, 1 unchanged", "scopes: 0 created, 0 updated, 3 unchanged", "clients: 0 created, 0 updated, 2 unchanged", "providers: 0 created, 0 updated, 0 unchanged", "webhooks: 0 created, 0 updated, 0 unchanged", "service accounts: 0 created, 0 updated, 0 unchanged", "users: 0 created, 0 updated, 1 unchanged", "groups: 0 created, 0 updated, 0 unchanged"],
            await bench.ApplyAsync(Demo));
        Assert.Equal(before, await bench.DumpAsync());
    }

    [Fact]
    public async Task What_the_document_says_stands_in_the_rows()
    {
        await bench.ApplyAsync(Demo);
        var client = await bench.ReadAsync(db => db.Set<Client>().Include(c => c.Secrets).SingleAsync(c => c.ClientId == "web"));
        Assert.Equal(Handle.Hash("a-secret-with-more-than-32-characters"), Assert.Single(client.Secrets).Hash);
        Assert.Equal(bench.Clock.GetUtcNow(), client.CreatedAt);
        var api = await bench.ReadAsync(db => db.Set<Api>().Include(a => a.Scopes).SingleAsync());
        Assert.Equal(["notes:read", "notes:write"], api.Scopes.Select(scope => scope.Name).Order());
        Assert.Null((await bench.ReadAsync(db => db.Set<Scope>().SingleAsync(scope => scope.Name == "team"))).ApiId);

        var ada = await bench.ReadAsync(db => db.Set<User>().SingleAsync());
        Assert.Equal(("ADA", "ADA@EXAMPLE.COM", true, "Ada"), (ada.NormalizedUserName, ada.NormalizedEmail, ada.EmailConfirmed, ada.Name));
        Assert.False(string.IsNullOrEmpty(ada.SecurityStamp));
        Assert.Equal(PasswordOutcome.Right, await SetupBench.Passwords.VerifyAsync(ada.PasswordHash, "correct horse battery", default));
        Assert.Equal("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", bench.Authenticators.Secrets[ada.Id]);
        var roles = await bench.ReadAsync(db => db.Set<UserRole>().Join(db.Set<Role>(), held => held.RoleId, role => role.Id, (_, role) => role.Name).Order().ToListAsync());
        Assert.Equal(["editor", "user"], roles);
    }

    [Fact]
    public async Task A_changed_document_changes_what_it_names_and_its_stamps()
    {
        await bench.ApplyAsync(Demo);
        var (client, user) = (await ClientAsync("web"), await bench.ReadAsync(db => db.Set<User>().SingleAsync()));
        bench.Clock.Advance(TimeSpan.FromDays(1));
        var changed = Demo
            .Replace("a-secret-with-more-than-32-characters", "quite-another-secret-of-32-characters", StringComparison.Ordinal)
            .Replace("\"notes:write\" }", "\"notes:delete\" }", StringComparison.Ordinal)
            .Replace("correct horse battery", "battery staple", StringComparison.Ordinal)
            .Replace("\"roles\": [\"editor\", \"user\"]", "\"roles\": [\"admin\"]", StringComparison.Ordinal);
        Assert.Equal(
            ["roles: 0 created, 0 updated, 1 unchanged", "apis: 0 created, 1 updated, 0 unchanged", "scopes: 1 created, 0 updated, 2 unchanged", "clients: 0 created, 1 updated, 1 unchanged", "providers: 0 created, 0 updated, 0 unchanged", "webhooks: 0 created, 0 updated, 0 unchanged", "service accounts: 0 created, 0 updated, 0 unchanged", "users: 0 created, 1 updated, 0 unchanged", "groups: 0 created, 0 updated, 0 unchanged"],
            await bench.ApplyAsync(changed));

        var (client2, user2) = (await ClientAsync("web"), await bench.ReadAsync(db => db.Set<User>().SingleAsync()));
        Assert.Equal(Handle.Hash("quite-another-secret-of-32-characters"), Assert.Single(client2.Secrets).Hash);
        Assert.NotEqual(client.ConcurrencyToken, client2.ConcurrencyToken);
        Assert.Equal(bench.Clock.GetUtcNow(), client2.UpdatedAt);
        Assert.Equal(PasswordOutcome.Right, await SetupBench.Passwords.VerifyAsync(user2.PasswordHash, "battery staple", default));
        Assert.NotEqual(user.SecurityStamp, user2.SecurityStamp);
        Assert.NotEqual(user.ConcurrencyStamp, user2.ConcurrencyStamp);
        Assert.Equal(1, await bench.ReadAsync(db => db.Set<UserRole>().CountAsync()));
        Assert.False(await bench.ReadAsync(db => db.Set<Scope>().AnyAsync(scope => scope.Name == "notes:write")));
    }

    [Fact]
    public async Task What_a_user_entry_leaves_out_stays_and_a_hash_is_taken_over_once()
    {
        var imported = await SetupBench.Passwords.HashAsync("old", default);
        var document = $$"""{ "users": [{ "username": "ada", "email": "ada@example.com", "email_verified": true, "name": "Ada", "password_hash": "{{imported}}", "roles": ["user"] }] }""";
        await bench.ApplyAsync(document);
        Assert.Equal(imported, (await bench.ReadAsync(db => db.Set<User>().SingleAsync())).PasswordHash);
        var newer = await SetupBench.Passwords.HashAsync("new", default);
        await bench.ReadAsync(db => db.Set<User>().ExecuteUpdateAsync(set => set.SetProperty(user => user.PasswordHash, newer)));

        Assert.Contains("users: 0 created, 0 updated, 1 unchanged", await bench.ApplyAsync(document));
        Assert.Contains("users: 0 created, 0 updated, 1 unchanged", await bench.ApplyAsync("""{ "users": [{ "username": "ada" }] }"""));
        var ada = await bench.ReadAsync(db => db.Set<User>().SingleAsync());
        Assert.Equal((newer, "Ada", "ada@example.com", true), (ada.PasswordHash, ada.Name, ada.Email, ada.EmailConfirmed));

        await bench.ApplyAsync("""{ "users": [{ "username": "ada", "email": "lovelace@example.com" }] }""");
        Assert.False((await bench.ReadAsync(db => db.Set<User>().SingleAsync())).EmailConfirmed);
    }

    [Fact]
    public async Task A_scope_may_move_between_what_the_document_owns()
    {
        const string At = """{ "apis": [{ "identifier": "urn:a", "scopes": [A] }, { "identifier": "urn:b", "scopes": [B] }], "scopes": [C] }""";
        foreach (var place in new[] { "A", "B", "C" })
        {
            await bench.ApplyAsync(At.Replace($"[{place}]", "[{ \"name\": \"x\" }]", StringComparison.Ordinal).Replace("[A]", "[]", StringComparison.Ordinal).Replace("[B]", "[]", StringComparison.Ordinal).Replace("[C]", "[]", StringComparison.Ordinal));
            var owner = await bench.ReadAsync(async db => await db.Set<Api>().Where(api => api.Scopes.Any(scope => scope.Name == "x")).Select(api => api.Identifier).SingleOrDefaultAsync() ?? "none");
            Assert.Equal(place switch { "A" => "urn:a", "B" => "urn:b", _ => "none" }, owner);
            Assert.Equal(1, await bench.ReadAsync(db => db.Set<Scope>().CountAsync()));
        }
    }

    [Fact]
    public async Task The_database_is_checked_too()
    {
        await bench.ApplyAsync("""{ "apis": [{ "identifier": "urn:a", "scopes": [{ "name": "x" }] }], "users": [{ "username": "ada", "email": "ada@example.com" }], "roles": [{ "name": "editor" }] }""");
        await bench.ApplyAsync("""{ "clients": [{ "client_id": "c", "token_endpoint_auth_method": "none", "redirect_uris": ["https://a.example"], "scope": "x" }], "users": [{ "username": "eve", "roles": ["editor"] }] }""");
        var before = await bench.DumpAsync();
        var refused = await Assert.ThrowsAsync<SetupException>(() => bench.ApplyAsync("""
            { "apis": [{ "identifier": "urn:b",
                "scopes": [{ "name": "x" }] }],
              "users": [{ "username": "ADA@example.com" }] }
            """));
        Assert.Equal([2, 3], refused.Problems.Select(problem => problem.Line));
        Assert.Contains("is in the database a scope of urn:a", refused.Problems[0].Text, StringComparison.Ordinal);
        Assert.Contains("is in the database", refused.Problems[1].Text, StringComparison.Ordinal);
        Assert.Equal(before, await bench.DumpAsync());
    }

    [Fact]
    public async Task One_wrong_document_keeps_all_from_being_applied()
    {
        var refused = await Assert.ThrowsAsync<SetupException>(() => bench.ApplyAsync("""{ "roles": [{ "name": "editor" }] }""", """{ "rolls": [], "users": 7 }"""));
        Assert.Equal(2, refused.Problems.Count);
        Assert.Equal("", await bench.DumpAsync());
    }

    [Fact]
    public async Task The_three_roles_are_there_without_any_document_and_keep_what_was_made_of_them()
    {
        await bench.Runner.ApplyAllAsync(default);
        Assert.Equal(["admin", "moderator", "user"], await bench.ReadAsync(db => db.Set<Role>().Select(role => role.Name).Order().ToListAsync()));
        await bench.ApplyAsync("""{ "roles": [{ "name": "moderator", "permissions": ["notes:read:all"] }] }""");
        await bench.Runner.ApplyAllAsync(default);
        Assert.Equal(["notes:read:all"], (await bench.ReadAsync(db => db.Set<Role>().SingleAsync(role => role.Name == "moderator"))).Permissions);
    }

    [Fact]
    public async Task A_totp_secret_without_the_room_for_it_is_refused()
    {
        await using var bare = new SetupBench(withAuthenticators: false);
        var refused = await Assert.ThrowsAsync<SetupException>(() => bare.ApplyAsync(Demo));
        Assert.Equal("users[0].totp_secret", Assert.Single(refused.Problems).Text.Split(':')[0]);
    }

    [Fact]
    public async Task Nodes_that_start_at_once_agree()
    {
        var path = bench.Workspace.Write("demo.json", Demo);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => bench.Runner.ApplyAsync([path], default))));
        Assert.Equal(2, await bench.ReadAsync(db => db.Set<Client>().CountAsync()));
        Assert.Equal(2, await bench.ReadAsync(db => db.Set<ClientSecret>().CountAsync()));
    }

    private Task<Client> ClientAsync(string id) => bench.ReadAsync(db => db.Set<Client>().Include(client => client.Secrets).SingleAsync(client => client.ClientId == id));

    [Fact]
    public async Task Groups_carry_roles_and_what_is_left_out_of_members_is_left_alone()
    {
        const string Document = """
            { "users": [{ "username": "ada" }, { "username": "eve" }],
              "groups": [{ "name": "all", "roles": ["user"], "groups": ["staff"] }, { "name": "staff", "description": "Who works here", "roles": ["moderator"], "groups": ["desk"], "members": ["ADA"] }, { "name": "desk", "members": ["eve"] }] }
            """;
        await using var bench = new SetupBench();
        Assert.Contains("groups: 3 created, 0 updated, 0 unchanged", await bench.ApplyAsync(Document));
        Assert.Equal("ada: moderator user; eve: moderator user", await HeldAsync());
        var dump = await bench.DumpAsync();
        Assert.Contains("groups: 0 created, 0 updated, 3 unchanged", await bench.ApplyAsync(Document));
        Assert.Equal(dump, await bench.DumpAsync());

        Assert.Contains("groups: 0 created, 1 updated, 0 unchanged", await bench.ApplyAsync("""{ "groups": [{ "name": "staff", "roles": ["moderator"] }] }"""));
        Assert.Equal("ada: moderator user; eve: ", await HeldAsync());
        var refused = await Assert.ThrowsAsync<SetupException>(() => bench.ApplyAsync("""{ "groups": [{ "name": "staff", "groups": ["all"] }] }"""));
        Assert.Contains("would lie in itself", refused.Message, StringComparison.Ordinal);
        await bench.ApplyAsync("""{ "groups": [{ "name": "staff", "members": [] }] }""");
        Assert.Equal("ada: ; eve: ", await HeldAsync());

        Task<string> HeldAsync() => bench.ReadAsync(async db =>
        {
            var people = await db.Set<User>().OrderBy(user => user.UserName).ToListAsync();
            var held = new List<string>();
            foreach (var person in people)
                held.Add($"{person.UserName}: {string.Join(' ', await new UserRoles(db).OfAsync(person.Id, default))}");
            return string.Join("; ", held);
        });
    }

    [Fact]
    public async Task Service_accounts_are_applied_and_a_name_is_a_persons_or_a_programs()
    {
        const string Document = """
            { "service_accounts": [{ "name": "robot", "description": "Backs up", "roles": ["moderator"] }],
              "clients": [{ "client_id": "worker", "client_secret": "a-secret-with-more-than-32-characters", "grant_types": ["client_credentials"], "service_account": "robot" }],
              "groups": [{ "name": "programs", "members": ["ROBOT"] }] }
            """;
        Assert.Contains("service accounts: 1 created, 0 updated, 0 unchanged", await bench.ApplyAsync(Document));
        var dump = await bench.DumpAsync();
        Assert.Contains("service accounts: 0 created, 0 updated, 1 unchanged", await bench.ApplyAsync(Document));
        Assert.Equal(dump, await bench.DumpAsync());
        Assert.NotNull((await bench.ReadAsync(db => db.Set<User>().SingleAsync(user => user.UserName == "robot"))).ServiceSince);
        await bench.ApplyAsync("""{ "users": [{ "username": "ada" }] }""");
        foreach (var (wrong, place) in new[]
        {
            ("""{ "users": [{ "username": "Robot", "password": "correct horse battery" }] }""", "users[0].username"),
            ("""{ "service_accounts": [{ "name": "Ada" }] }""", "service_accounts[0].name"),
            ("""{ "service_accounts": [{ "name": "eve" }], "users": [{ "username": "EVE" }] }""", "service_accounts[0].name"),
            ("""{ "service_accounts": [{ "name": "a@b" }] }""", "service_accounts[0].name"),
            ("""{ "service_accounts": [{ "name": "x", "roles": ["none"] }] }""", "service_accounts[0].roles[0]"),
            ("""{ "clients": [{ "client_id": "c", "client_secret": "a-secret-with-more-than-32-characters", "grant_types": ["client_credentials"], "service_account": "robto" }] }""", "clients[0].service_account"),
            ("""{ "clients": [{ "client_id": "c", "client_secret": "a-secret-with-more-than-32-characters", "redirect_uris": ["https://a.example"], "service_account": "robot" }] }""", "clients[0].service_account"),
        })
            Assert.Equal(place, Assert.Single((await Assert.ThrowsAsync<SetupException>(() => bench.ApplyAsync(wrong))).Problems).Text.Split(':')[0]);
    }
}
