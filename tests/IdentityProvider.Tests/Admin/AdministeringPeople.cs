using System.Net;
using System.Text.Json;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>People over the admin API: ada may do everything, helper may change people and holds little else.</summary>
public sealed class AdministeringPeople : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;
    private string ada = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document("users:manage"), Settings = { ["Registration:Mode"] = "Invitation", ["Recovery:Enabled"] = "true" } });
        bench = new RightsBench(host, clock);
        ada = await bench.TokenAsync("ada");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_person_is_added_changed_closed_and_let_in_again()
    {
        var (status, body, tag) = await bench.SendAsync(HttpMethod.Post, "users", ada, new { preferred_username = "mary", name = "Mary Shelley", email = "mary@example.test", email_verified = true, zoneinfo = "Europe/London" });
        Assert.Equal((HttpStatusCode.Created, "mary", false), (status, body.GetProperty("preferred_username").GetString(), body.GetProperty("disabled").GetBoolean()));
        var path = $"users/{body.GetProperty("sub").GetGuid()}";
        Assert.Equal(tag, (await bench.SendAsync(HttpMethod.Get, path, ada)).Tag);

        Assert.Equal(HttpStatusCode.Accepted, (await bench.SendAsync(HttpMethod.Post, $"{path}/recovery", ada)).Status);
        Assert.NotEmpty((await host.MailAsync("mary@example.test")).Link());
        Assert.Equal(HttpStatusCode.TooManyRequests, (await bench.SendAsync(HttpMethod.Post, $"{path}/recovery", ada)).Status);

        // What was read can be changed and sent back.
        var changed = JsonSerializer.Deserialize<Dictionary<string, object?>>(body)!;
        (changed["name"], changed["disabled"]) = ("Mary Godwin", true);
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await bench.SendAsync(HttpMethod.Put, path, ada, changed)).Status);
        var (done, now, newTag) = await bench.SendAsync(HttpMethod.Put, path, ada, changed, tag);
        Assert.Equal((HttpStatusCode.OK, "Mary Godwin", true), (done, now.GetProperty("name").GetString(), now.GetProperty("disabled").GetBoolean()));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await bench.SendAsync(HttpMethod.Put, path, ada, changed, tag)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Post, $"{path}/recovery", ada)).Status);
        changed["disabled"] = false;
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Put, path, ada, changed, newTag)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Post, $"{path}/unlock", ada)).Status);
    }

    [Fact]
    public async Task Closing_an_account_ends_its_sessions_and_the_old_address_hears_of_a_new_one()
    {
        using var browser = new Browser(host);
        await browser.OpenAccountAsync("/account", "otto");
        var (_, body, tag) = await bench.SendAsync(HttpMethod.Get, $"users/{await bench.SubAsync("grace")}", ada);
        var grace = JsonSerializer.Deserialize<Dictionary<string, object?>>(body)!;
        await host.InStoreAsync(db => db.Set<User>().Where(user => user.UserName == "grace").ExecuteUpdateAsync(set => set.SetProperty(user => user.EmailConfirmed, true)));
        (grace["email"], grace["email_verified"]) = ("hopper@example.test", false);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Put, $"users/{await bench.SubAsync("grace")}", ada, grace, tag)).Status);
        Assert.Contains("administrator", (await host.MailAsync("grace@example.test")).TextBody, StringComparison.Ordinal);
        Assert.False(await host.InStoreAsync(db => db.Set<User>().Where(user => user.UserName == "grace").Select(user => user.EmailConfirmed).SingleAsync()));

        var (_, other, otherTag) = await bench.SendAsync(HttpMethod.Get, $"users/{await bench.SubAsync("otto")}", ada);
        var otto = JsonSerializer.Deserialize<Dictionary<string, object?>>(other)!;
        otto["disabled"] = true;
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Put, $"users/{await bench.SubAsync("otto")}", ada, otto, otherTag)).Status);
        Assert.Equal("/login", (await browser.OpenAsync("/account")).Url.AbsolutePath);

        // She is the last one who administers now.
        var (_, self, selfTag) = await bench.SendAsync(HttpMethod.Get, $"users/{await bench.SubAsync("ada")}", ada);
        var last = JsonSerializer.Deserialize<Dictionary<string, object?>>(self)!;
        last["disabled"] = true;
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Put, $"users/{await bench.SubAsync("ada")}", ada, last, selfTag)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Delete, $"users/{await bench.SubAsync("ada")}", ada)).Status);
    }

    [Fact]
    public async Task Nobody_changes_somebody_who_holds_more_than_they_do()
    {
        await GiveAsync("users:manage", "users:read");
        var helper = await bench.TokenAsync("delegate");
        var victim = $"users/{await bench.SubAsync("ada")}";
        var (_, body, tag) = await bench.SendAsync(HttpMethod.Get, victim, helper);
        var theirs = JsonSerializer.Deserialize<Dictionary<string, object?>>(body)!;
        theirs["email"] = "mine@example.test";
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Put, victim, helper, theirs, tag)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Delete, victim, helper)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Post, $"{victim}/recovery", helper)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Post, $"{victim}/reset-factors", helper, new { reason = "asked on the phone" })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Post, $"users/{await bench.SubAsync("grace")}/reset-factors", helper, new { reason = "asked on the phone" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Post, $"users/{await bench.SubAsync("grace")}/reset-factors", helper, new { })).Status);
    }

    [Fact]
    public async Task What_is_deleted_can_be_had_back_until_it_is_gone()
    {
        var grace = $"users/{await bench.SubAsync("grace")}";
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Post, $"{grace}/restore", ada)).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await bench.SendAsync(HttpMethod.Delete, grace, ada)).Status);
        Assert.Equal(["grace"], await NamesAsync("users?state=closing"));
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Post, $"{grace}/restore", ada)).Status);
        Assert.Empty(await NamesAsync("users?state=closing"));
        Assert.Equal(HttpStatusCode.Accepted, (await bench.SendAsync(HttpMethod.Delete, $"{grace}?immediately=true", ada)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Post, $"{grace}/restore", ada)).Status);
    }

    [Fact]
    public async Task A_name_is_given_once_also_to_sixteen_at_once_and_nothing_else_of_a_person_can_be_set()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => bench.SendAsync(HttpMethod.Post, "users", ada, new { preferred_username = "one", email = $"one{i}@example.test" })));
        Assert.Single(replies, reply => reply.Status == HttpStatusCode.Created);
        Assert.All(replies, reply => Assert.True(reply.Status is HttpStatusCode.Created or HttpStatusCode.Conflict, reply.Status.ToString()));
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Post, "users", ada, new { preferred_username = "grace@example.test" })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Post, "users", ada, new { preferred_username = "GRACE" })).Status);

        var (status, body, _) = await bench.SendAsync(HttpMethod.Post, "users", ada, new
        {
            preferred_username = "sly",
            email = "not an address",
            birthdate = "tomorrow",
            password = "correct horse battery staple",
            password_hash = "x",
            roles = new[] { "admin" },
            security_stamp = "x",
            id = Guid.Empty,
            registered_at = "2020-01-01T00:00:00Z",
        });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(
            ["birthdate", "email", "id", "password", "password_hash", "registered_at", "roles", "security_stamp"],
            body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_invitation_is_mailed()
    {
        Assert.Equal(HttpStatusCode.Accepted, (await bench.SendAsync(HttpMethod.Post, "invitations", ada, new { email = "new@example.test" })).Status);
        Assert.StartsWith("/register?invitation=", (await host.MailAsync("new@example.test")).Link(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Post, "invitations", ada, new { email = "new" })).Status);
    }

    private async Task<List<string?>> NamesAsync(string path) =>
        [.. (await bench.SendAsync(HttpMethod.Get, path, ada)).Body.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("preferred_username").GetString())];

    private Task<int> GiveAsync(params string[] permissions) => host.InStoreAsync(async db =>
    {
        (await db.Set<Role>().SingleAsync(role => role.Name == "delegate")).Permissions = [.. permissions];
        return await db.SaveChangesAsync();
    });
}
