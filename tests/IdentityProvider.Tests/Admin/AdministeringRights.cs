using System.Net;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Passkeys;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>Roles, groups and who holds them over the admin API.</summary>
public sealed class AdministeringRights : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document() });
        bench = new RightsBench(host, clock);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Each_route_asks_for_a_token_and_for_the_permission_of_its_kind()
    {
        var (reader, nobody, sub) = (await bench.TokenAsync("reader"), await bench.TokenAsync("grace"), await bench.SubAsync("grace"));
        (HttpMethod Method, string Path)[] reading = [(HttpMethod.Get, "roles"), (HttpMethod.Get, "roles/user"), (HttpMethod.Get, "permissions"), (HttpMethod.Get, "groups"), (HttpMethod.Get, "groups/x"), (HttpMethod.Get, "groups/x/members"), (HttpMethod.Get, $"users/{sub}/roles")];
        (HttpMethod Method, string Path)[] writing =
        [
            (HttpMethod.Post, "roles"), (HttpMethod.Put, "roles/user"), (HttpMethod.Delete, "roles/user"), (HttpMethod.Post, "groups"), (HttpMethod.Put, "groups/x"), (HttpMethod.Delete, "groups/x"),
            (HttpMethod.Put, $"groups/x/members/{sub}"), (HttpMethod.Delete, $"groups/x/members/{sub}"), (HttpMethod.Put, $"users/{sub}/roles"),
        ];
        foreach (var (method, path) in reading.Concat(writing))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await bench.SendAsync(method, path, null)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(method, path, nobody)).Status);
        }

        foreach (var (method, path) in reading)
            Assert.Equal(path.StartsWith("groups/", StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.OK, (await bench.SendAsync(method, path, reader)).Status);
        foreach (var (method, path) in writing)
            Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(method, path, reader, new { }, "*")).Status);
    }

    [Fact]
    public async Task A_role_is_made_seen_changed_and_removed_and_nobody_undoes_what_they_have_not_seen()
    {
        var ada = await bench.TokenAsync("ada");
        using var events = new EventTrap(host);
        var (status, body, tag) = await bench.SendAsync(HttpMethod.Post, "roles", ada, new { name = "helper", permissions = new[] { "sessions:read" } });
        Assert.Equal((HttpStatusCode.Created, "helper", false), (status, body.GetProperty("name").GetString(), body.GetProperty("seeded").GetBoolean()));
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Post, "roles", ada, new { name = "helper" })).Status);
        Assert.Equal((HttpStatusCode)428, (await bench.SendAsync(HttpMethod.Put, "roles/helper", ada, new { permissions = new[] { "users:read" } })).Status);
        var (changed, _, next) = await bench.SendAsync(HttpMethod.Put, "roles/helper", ada, new { permissions = new[] { "users:read" } }, tag);
        Assert.Equal(HttpStatusCode.OK, changed);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await bench.SendAsync(HttpMethod.Put, "roles/helper", ada, new { permissions = Array.Empty<string>() }, tag)).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await bench.SendAsync(HttpMethod.Delete, "roles/helper", ada, ifMatch: tag)).Status);
        Assert.Equal("helper", (await bench.SendAsync(HttpMethod.Get, "roles?limit=1&after=grace", ada)).Body.GetProperty("roles")[0].GetProperty("name").GetString());

        await bench.PutAsync($"users/{await bench.SubAsync("grace")}/roles", ada, new { roles = new[] { "helper", "user" } });
        Assert.Equal("helper user", await bench.EffectiveAsync("grace", ada));
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, "roles/helper", ada, ifMatch: next)).Status);
        Assert.Equal("user", await bench.EffectiveAsync("grace", ada));
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Delete, "roles/helper", ada, ifMatch: next)).Status);
        foreach (var seeded in new[] { "user", "moderator", "admin" })
            Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Delete, $"roles/{seeded}", ada, ifMatch: "*")).Status);
        Assert.Equal(["roles.created", "roles.changed", "roles.assigned", "roles.removed"], events.Names.Where(name => name.StartsWith("roles.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once_and_nothing_is_done()
    {
        var ada = await bench.TokenAsync("ada");
        var (status, body, _) = await bench.SendAsync(HttpMethod.Post, "roles", ada, new { name = "a/b", permissions = new object[] { "everything", 7 }, colour = "red" });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["colour", "name", "permissions[1]"], body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        (status, body, _) = await bench.SendAsync(HttpMethod.Post, "groups", ada, new { name = "team", roles = new[] { "admni" }, groups = new[] { "none" } });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["groups[0]", "roles[0]"], body.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Put, $"users/{await bench.SubAsync("grace")}/roles", ada, new { }, "*")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Put, $"users/{await bench.SubAsync("grace")}/roles", ada, new { roles = new[] { "nobody" } }, "*")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.PutAsync("roles/admin", ada, new { permissions = new[] { "users:read" } })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Put, $"users/{Guid.CreateVersion7()}/roles", ada, new { roles = Array.Empty<string>() }, "*")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Get, "roles?limit=0", ada)).Status);
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<Group>().CountAsync()));
    }

    [Fact]
    public async Task Nobody_gives_what_they_do_not_hold_by_no_way_there_is()
    {
        var (ada, deputy) = (await bench.TokenAsync("ada"), await bench.TokenAsync("deputy"));
        var (me, grace) = (await bench.SubAsync("deputy"), await bench.SubAsync("grace"));
        await bench.SendAsync(HttpMethod.Post, "groups", ada, new { name = "bosses", roles = new[] { "admin" } });
        await bench.SendAsync(HttpMethod.Post, "groups", deputy, new { name = "mine", roles = new[] { "reader" } });
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Put, $"groups/mine/members/{me}", deputy)).Status);

        (HttpMethod Method, string Path, object? Body)[] ways =
        [
            (HttpMethod.Post, "roles", new { name = "new", permissions = new[] { "sessions:read" } }),
            (HttpMethod.Post, "roles", new { name = "new", permissions = new[] { "notes:read:all" } }),
            (HttpMethod.Put, "roles/deputy", new { permissions = new[] { "roles:manage", "roles:read", "notes:read:own", "users:read" } }),
            (HttpMethod.Put, "roles/user", new { permissions = new[] { "keys:manage" } }),
            (HttpMethod.Put, "roles/admin", new { permissions = new[] { "roles:manage", "roles:read" } }),
            (HttpMethod.Put, $"users/{me}/roles", new { roles = new[] { "admin", "deputy" } }),
            (HttpMethod.Put, $"users/{grace}/roles", new { roles = new[] { "chief" } }),
            (HttpMethod.Put, $"users/{await bench.SubAsync("otto")}/roles", new { roles = Array.Empty<string>() }),
            (HttpMethod.Put, "groups/mine", new { roles = new[] { "reader", "admin" } }),
            (HttpMethod.Post, "groups", new { name = "another", roles = new[] { "chief" } }),
            (HttpMethod.Put, "groups/bosses", new { roles = new[] { "admin" }, groups = new[] { "mine" } }),
            (HttpMethod.Put, "groups/bosses", new { roles = Array.Empty<string>() }),
            (HttpMethod.Put, $"groups/bosses/members/{me}", null),
            (HttpMethod.Delete, "groups/bosses", null),
        ];
        foreach (var (method, path, body) in ways)
        {
            var (status, answer, _) = await bench.SendAsync(method, path, deputy, body, "*");
            Assert.True(status == HttpStatusCode.Forbidden, $"{method} {path}: {status} {answer}");
        }

        Assert.Equal("deputy reader", await bench.EffectiveAsync("deputy", ada));
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync($"users/{grace}/roles", deputy, new { roles = new[] { "reader", "user" } })).Status);
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync("roles/deputy", deputy, new { permissions = new[] { "roles:manage", "roles:read" } })).Status);
    }

    [Fact]
    public async Task Members_hold_what_the_groups_around_theirs_carry_at_their_next_request()
    {
        var (ada, grace) = (await bench.TokenAsync("ada"), await bench.TokenAsync("grace"));
        foreach (var (name, roles, groups) in new[] { ("inner", Array.Empty<string>(), Array.Empty<string>()), ("middle", ["user"], ["inner"]), ("outer", ["reader"], ["middle"]) })
            Assert.Equal(HttpStatusCode.Created, (await bench.SendAsync(HttpMethod.Post, "groups", ada, new { name, roles, groups })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Get, "roles", grace)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Put, $"groups/inner/members/{await bench.SubAsync("grace")}", ada)).Status);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Get, "roles", grace)).Status);
        Assert.Equal("[\"reader\",\"user\"]", (await new RelyingParty(host, "trusted").GetAsync("/connect/userinfo", grace))["roles"]);
        Assert.Equal("grace", (await bench.SendAsync(HttpMethod.Get, "groups/inner/members", ada)).Body.GetProperty("members")[0].GetProperty("preferred_username").GetString());
        Assert.Equal(0, (await bench.SendAsync(HttpMethod.Get, "groups/outer/members", ada)).Body.GetProperty("members").GetArrayLength());

        // Around by two ways: one remains.
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync("groups/outer", ada, new { roles = new[] { "reader" }, groups = new[] { "middle", "inner" } })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.PutAsync("groups/inner", ada, new { groups = new[] { "outer" } })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, "groups/middle", ada, ifMatch: "*")).Status);
        Assert.Equal("reader", await bench.EffectiveAsync("grace", ada));
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync("groups/outer", ada, new { groups = new[] { "inner" } })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Get, "roles", grace)).Status);
        Assert.Equal(2, await host.InStoreAsync(db => db.Set<GroupPath>().CountAsync(path => path.Distance == 0)));
    }

    [Fact]
    public async Task The_last_administrator_stays_whichever_way_the_role_would_go()
    {
        var (ada, otto) = (await bench.TokenAsync("ada"), await bench.TokenAsync("otto"));
        var (me, sub) = (await bench.SubAsync("ada"), await bench.SubAsync("otto"));
        Assert.Equal(HttpStatusCode.Created, (await bench.SendAsync(HttpMethod.Post, "groups", ada, new { name = "bosses", roles = new[] { "admin" } })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Put, $"groups/bosses/members/{me}", ada)).Status);
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync($"users/{me}/roles", ada, new { roles = Array.Empty<string>() })).Status);
        Assert.Equal("admin", await bench.EffectiveAsync("ada", ada));
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync($"users/{sub}/roles", ada, new { roles = new[] { "user" } })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Get, "roles", otto)).Status);

        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Delete, $"groups/bosses/members/{me}", ada)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Delete, "groups/bosses", ada, ifMatch: "*")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.PutAsync("groups/bosses", ada, new { roles = Array.Empty<string>() })).Status);
        Assert.Equal("admin", await bench.EffectiveAsync("ada", ada));
    }
}
