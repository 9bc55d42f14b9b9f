using System.Net;
using System.Text.Json.Nodes;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

public sealed class UsingServiceAccounts : IAsyncLifetime
{
    private const string Area = "urn:identityprovider:admin";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;
    private string ada = "";
    private Guid robot;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = Document() });
        bench = new RightsBench(host, clock);
        (ada, robot) = (await bench.TokenAsync("ada"), await bench.SubAsync("robot"));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_client_that_is_bound_to_one_has_what_the_account_holds_and_administers_without_a_second_factor()
    {
        var claims = Claims((await WorkerAsync("notes:read roles"))["access_token"]!);
        Assert.Equal(("worker", robot.ToString(), """["notes:read:own"]""", """["robots"]"""), ((string?)claims["sub"], (string?)claims["service_account"], claims["permissions"]!.ToJsonString(), claims["roles"]!.ToJsonString()));
        Assert.Null(claims["grant_id"]);

        var token = (await WorkerAsync($"{Area}:roles:read"))["access_token"]!;
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Get, "roles", token)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Get, "sessions", token)).Status);
        Assert.Equal("invalid_scope", (await WorkerAsync("openid")).Error);

        // What the client is registered for and the account does not hold.
        var all = (await WorkerAsync(Area))["access_token"]!;
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Get, "sessions", all)).Status);

        // A role that is taken away is gone with the next call.
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync($"users/{robot}/roles", ada, new { roles = Array.Empty<string>() })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Get, "roles", token)).Status);

        // Others are as they were: no account, and nothing of our own API.
        Assert.Equal("invalid_scope", (await new RelyingParty(host, "referring").TokenAsync(("grant_type", "client_credentials"), ("scope", Area))).Error);
    }

    [Fact]
    public async Task One_that_is_disabled_or_removed_gets_no_token_and_what_it_had_ends()
    {
        var token = (await WorkerAsync($"{Area}:roles:read"))["access_token"]!;
        var key = await KeyAsync(new { name = "Nightly", scope = Area, permissions = new[] { "roles:read" } });
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Get, "roles", key)).Status);

        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync($"service-accounts/{robot}", ada, new { description = "Backs up", disabled = true })).Status);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("unauthorized_client", (await WorkerAsync("notes:read")).Error);
        Assert.Equal(HttpStatusCode.Unauthorized, (await bench.SendAsync(HttpMethod.Get, "roles", token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await bench.SendAsync(HttpMethod.Get, "roles", key)).Status);

        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync($"service-accounts/{robot}", ada, new { disabled = false })).Status);
        clock.Advance(TimeSpan.FromSeconds(1));
        token = (await WorkerAsync($"{Area}:roles:read"))["access_token"]!;
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Get, "roles", key)).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, $"service-accounts/{robot}", ada, ifMatch: "*")).Status);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("unauthorized_client", (await WorkerAsync("notes:read")).Error);
        Assert.Equal(HttpStatusCode.Unauthorized, (await bench.SendAsync(HttpMethod.Get, "roles", token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await bench.SendAsync(HttpMethod.Get, "roles", key)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Get, $"service-accounts/{robot}", ada)).Status);
    }

    [Fact]
    public async Task Nobody_signs_in_as_one_whatever_stands_in_its_row()
    {
        // As another part of the server that knows nothing of it might leave the row.
        await host.InStoreAsync(async db =>
        {
            var password = await db.Set<User>().Where(u => u.UserName == "grace").Select(u => u.PasswordHash).SingleAsync();
            var user = await db.Set<User>().SingleAsync(u => u.Id == robot);
            (user.PasswordHash, user.Email, user.NormalizedEmail, user.EmailConfirmed) = (password, "robot@example.test", "ROBOT@EXAMPLE.TEST", true);
            return await db.SaveChangesAsync();
        });
        using var browser = new Browser(host);
        await browser.OpenAsync("/account");
        await browser.SubmitAsync("Sign in", ("username", "robot"), ("password", TestDocument.Password));
        Assert.Equal("/login", browser.Page.Url.AbsolutePath);
        await browser.OpenAsync("/recover");
        var mails = await host.InStoreAsync(db => db.Set<IdentityProvider.Email.Mail>().CountAsync());
        await browser.SubmitAsync("Send the mail", ("email", "robot@example.test"));
        Assert.Equal(mails, await host.InStoreAsync(db => db.Set<IdentityProvider.Email.Mail>().CountAsync()));

        await using var scope = host.Services.CreateAsyncScope();
        var user = await host.InStoreAsync(db => db.Set<User>().AsNoTracking().SingleAsync(u => u.Id == robot));
        await Assert.ThrowsAsync<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<SessionStore>().StartAsync(new DefaultHttpContext(), user, "pwd", false, default));
        Assert.False(await host.InStoreAsync(db => db.Set<Session>().AnyAsync(s => s.UserId == robot)));
    }

    [Fact]
    public async Task Keys_are_made_for_it_by_people_and_never_above_either()
    {
        var path = $"service-accounts/{robot}/keys";
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Post, path, ada, new { name = "Nightly", scope = "notes:read", permissions = new[] { "sessions:read" } })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Post, path, await bench.TokenAsync("keeper"), new { name = "Nightly", scope = "notes:read", permissions = new[] { "notes:read:own" } })).Status);
        var made = await bench.SendAsync(HttpMethod.Post, path, ada, new { name = "Nightly", scope = Area, permissions = new[] { "roles:read", "service-accounts:manage" } });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var (id, key) = (made.Body.GetProperty("id").GetGuid(), made.Body.GetProperty("key").GetString()!);

        // Neither a key nor the account's client makes a key, or replaces one.
        foreach (var program in new[] { key, (await WorkerAsync(Area))["access_token"]! })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Post, path, program, new { name = "More", scope = "notes:read" })).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Post, $"{path}/{id}/rotate", program, new { })).Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Post, $"{path}/{id}/rotate", await bench.TokenAsync("keeper"), new { overlap = 0 })).Status);
        ada = await bench.TokenAsync("ada");
        var next = await bench.SendAsync(HttpMethod.Post, $"{path}/{id}/rotate", ada, new { overlap = 0 });
        Assert.Equal(HttpStatusCode.Created, next.Status);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await bench.SendAsync(HttpMethod.Get, "roles", key)).Status);
        Assert.Equal(2, (await bench.SendAsync(HttpMethod.Get, path, ada)).Body.GetProperty("keys").GetArrayLength());
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, $"{path}/{next.Body.GetProperty("id").GetGuid()}", ada)).Status);

        // A person's keys are nobody's to make.
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Post, $"service-accounts/{await bench.SubAsync("grace")}/keys", ada, new { name = "Nightly", scope = "notes:read" })).Status);
    }

    [Fact]
    public async Task An_administrator_that_is_a_program_is_not_the_last_one_and_no_lesser_one_lets_it_in()
    {
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync($"users/{robot}/roles", ada, new { roles = new[] { "admin" } })).Status);
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync($"users/{await bench.SubAsync("otto")}/roles", ada, new { roles = Array.Empty<string>() })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.PutAsync($"users/{await bench.SubAsync("ada")}/roles", ada, new { roles = Array.Empty<string>() })).Status);

        var keeper = await bench.TokenAsync("keeper");
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.PutAsync($"service-accounts/{robot}", keeper, new { disabled = true })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Delete, $"service-accounts/{robot}", keeper, ifMatch: "*")).Status);
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync($"service-accounts/{robot}", ada, new { disabled = true })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.PutAsync($"service-accounts/{robot}", keeper, new { disabled = false })).Status);
    }

    [Fact]
    public async Task They_are_made_listed_and_changed_like_everything_else()
    {
        var made = await bench.SendAsync(HttpMethod.Post, "service-accounts", ada, new { name = "nightly-backup", description = "Copies" });
        Assert.Equal((HttpStatusCode.Created, "nightly-backup"), (made.Status, made.Body.GetProperty("name").GetString()));
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Post, "service-accounts", ada, new { name = "GRACE" })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Post, "service-accounts", ada, new { name = "Nightly-Backup" })).Status);
        foreach (var bad in new object[] { new { name = "a b" }, new { name = "x@example.test" }, new { name = "x", password = "y" }, new { name = "x", service_since = "2020-01-01" }, new { name = "" }, new { name = new string('x', 101) } })
            Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Post, "service-accounts", ada, bad)).Status);
        Assert.Equal(["nightly-backup", "robot"], (await bench.SendAsync(HttpMethod.Get, "service-accounts", ada)).Body.GetProperty("service_accounts").EnumerateArray().Select(account => account.GetProperty("name").GetString()));
        Assert.Equal("nightly-backup", (await bench.SendAsync(HttpMethod.Get, "service-accounts?limit=1", ada)).Body.GetProperty("next").GetString());
        Assert.Equal("""["worker"]""", (await bench.SendAsync(HttpMethod.Get, $"service-accounts/{robot}", ada)).Body.GetProperty("clients").GetRawText());

        var path = $"service-accounts/{made.Body.GetProperty("sub").GetGuid()}";
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await bench.SendAsync(HttpMethod.Put, path, ada, new { description = "x" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Put, path, ada, new { description = "x" }, made.Tag)).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await bench.SendAsync(HttpMethod.Put, path, ada, new { description = "y" }, made.Tag)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Put, path, ada, new { name = "other" }, "*")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Get, $"service-accounts/{await bench.SubAsync("grace")}", ada)).Status);
        var reader = await bench.TokenAsync("reader");
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Get, "service-accounts", reader)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await bench.SendAsync(HttpMethod.Get, "service-accounts", null)).Status);
        var made16 = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => bench.SendAsync(HttpMethod.Post, "service-accounts", ada, new { name = "one" }))));
        Assert.Equal((1, 15), (made16.Count(answer => answer.Status == HttpStatusCode.Created), made16.Count(answer => answer.Status == HttpStatusCode.Conflict)));
    }

    private Task<Answer> WorkerAsync(string scope) => new RelyingParty(host, "worker").TokenAsync(("grant_type", "client_credentials"), ("scope", scope));

    private async Task<string> KeyAsync(object body) => (await bench.SendAsync(HttpMethod.Post, $"service-accounts/{robot}/keys", ada, body)).Body.GetProperty("key").GetString()!;

    private static JsonNode Claims(string jwt) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(jwt.Split('.')[1]))!;

    private static string Document()
    {
        var document = JsonNode.Parse(Documents.Setting(RightsBench.Document(), "worker", ("service_account", "robot"), ("scope", $"notes:read notes:write roles {Area} {Area}:roles:read")))!;
        var plain = document["clients"]!.AsArray().Single(client => (string?)client!["client_id"] == "worker")!.DeepClone();
        (plain["client_id"], plain["token_endpoint_auth_method"]) = ("referring", "client_secret_post");
        plain.AsObject().Remove("service_account");
        document["clients"]!.AsArray().Add(plain);
        document["apis"]![0]!["scopes"]![0]!["permissions"] = new JsonArray("notes:read");
        document["apis"]![0]!["roles"] = new JsonArray("robots");
        foreach (var permission in new[] { "service-accounts:manage", "service-accounts:read", "notes:read:all" })
            document["roles"]![0]!["permissions"]!.AsArray().Add(permission);
        document["roles"]!.AsArray().Add(JsonNode.Parse("""{ "name": "robots", "permissions": ["roles:read", "notes:read:own", "service-accounts:manage"] }"""));
        document["roles"]!.AsArray().Add(JsonNode.Parse("""{ "name": "keeper", "permissions": ["service-accounts:manage", "service-accounts:read"] }"""));
        var keeper = document["users"]![0]!.DeepClone();
        (keeper["username"], keeper["email"], keeper["roles"]) = ("keeper", "keeper@example.test", new JsonArray("keeper"));
        document["users"]!.AsArray().Add(keeper);
        document["service_accounts"] = JsonNode.Parse("""[{ "name": "robot", "description": "Backs up", "roles": ["robots"] }]""");
        return document.ToJsonString();
    }
}
