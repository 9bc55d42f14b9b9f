using System.Net;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.Pages;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>Roles and groups on the pages of the console: the same rules as over the admin API, in sentences.</summary>
public sealed class AdministeringRightsOnPages : IAsyncLifetime
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
    public async Task A_role_is_made_changed_and_removed_and_each_step_is_in_the_audit()
    {
        using var ada = await bench.SignedInAsync("ada");
        await ada.OpenAsync("/admin/roles/~new");
        var page = await ada.SubmitAsync("Add the role", ("name", "helper"), ("permissions", "sessions:read"), ("more-permissions", ""));
        Assert.Equal(("/admin/roles/helper", "helper"), (page.Url.AbsolutePath, page.Heading));
        Assert.Equal(["sessions:read"], Ticked(page, "permissions"));

        page = await ada.SubmitAsync("Save", ("permissions", "sessions:read"), ("permissions", "users:read"));
        Assert.Contains("Saved.", page.Text, StringComparison.Ordinal);
        Assert.Equal(["sessions:read", "users:read"], Ticked(page, "permissions"));
        await GiveAsync("grace", "helper");
        page = await ada.OpenAsync("/admin/roles/helper");
        Assert.Contains("1 account loses it", page.Text, StringComparison.Ordinal);
        Assert.Contains("Enter the name as it is: helper", (await ada.SubmitAsync("Remove the role", ("confirm", "Helper"))).Text, StringComparison.Ordinal);
        page = await ada.SubmitAsync("Remove the role", ("confirm", "helper"));
        Assert.Contains("The role is removed.", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await ada.OpenAsync("/admin/roles/helper")).Status);
        Assert.Equal(["roles.changed", "roles.created", "roles.removed"], (await host.AuditAsync()).Select(record => record.Name).Where(name => name.StartsWith("roles.", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task Who_may_look_sees_no_form_and_cannot_send_one_and_others_see_nothing()
    {
        await AddGroupAsync("team", "user", "grace");
        using var reader = await bench.SignedInAsync("reader");
        var page = await reader.OpenAsync("/admin");
        Assert.Equal("/admin/roles", page.Url.AbsolutePath);
        Assert.Equal(["Roles", "Groups", "Your account"], page.Document.QuerySelectorAll("nav.places a").Select(link => link.TextContent).Where(text => text != "Sign out"));
        foreach (var path in new[] { "/admin/roles", "/admin/roles/admin", "/admin/groups", "/admin/groups/team", "/admin/roles/~permissions" })
        {
            page = await reader.OpenAsync(path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Empty(page.Document.QuerySelectorAll("main form, main a[href$='~new']"));
        }

        Assert.Contains("needs the permission roles:manage", (await reader.OpenAsync("/admin/roles/admin")).Text, StringComparison.Ordinal);
        var token = await TokenAsync(reader);
        (string Path, string Name, string Value)[] posts =
        [
            ("/admin/roles/~new", "name", "mine"), ("/admin/roles/reader?handler=Change", "permissions", "roles:manage"), ("/admin/roles/reader?handler=Remove", "confirm", "reader"), ("/admin/groups/~new", "name", "mine"),
            ("/admin/groups/team?handler=Change", "roles", "admin"), ("/admin/groups/team?handler=Add", "user", "reader"), ("/admin/groups/team?handler=TakeOut", "member", $"{await bench.SubAsync("grace")}"), ("/admin/groups/team?handler=Remove", "confirm", "team"),
        ];
        foreach (var (path, name, value) in posts)
            Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsync(host[path], [new("__RequestVerificationToken", token), new(name, value)])).Status);

        using var grace = await bench.SignedInAsync("grace");
        foreach (var path in new[] { "/admin", "/admin/roles", "/admin/roles/admin", "/admin/roles/~new", "/admin/roles/~permissions", "/admin/groups", "/admin/groups/team", "/admin/groups/~new" })
            Assert.Equal(HttpStatusCode.Forbidden, (await grace.OpenAsync(path)).Status);
        Assert.Equal("grace", await MembersAsync("team"));
    }

    [Fact]
    public async Task Nobody_gives_what_they_do_not_hold_by_a_role_a_group_or_a_member()
    {
        await AddGroupAsync("bosses", "admin", "ada");
        using var deputy = await bench.SignedInAsync("deputy");
        await deputy.OpenAsync("/admin/roles/~new");
        var page = await deputy.SubmitAsync("Add the role", ("name", "sneaky"), ("permissions", "users:read"));
        Assert.Contains("Nobody gives what they do not hold. You do not hold users:read", Problem(page, "permissions"), StringComparison.Ordinal);
        Assert.Equal(["users:read"], Ticked(page, "permissions"));
        Assert.Equal(HttpStatusCode.NotFound, (await deputy.OpenAsync("/admin/roles/sneaky")).Status);

        await deputy.OpenAsync("/admin/roles/deputy");
        page = await deputy.SubmitAsync("Save", ("permissions", "roles:manage"), ("permissions", "roles:read"), ("more-permissions", "keys:manage"));
        Assert.Contains("You do not hold keys:manage", Problem(page, "permissions"), StringComparison.Ordinal);
        await deputy.OpenAsync("/admin/groups/~new");
        page = await deputy.SubmitAsync("Add the group", ("name", "friends"), ("roles", "admin"));
        Assert.Contains("Nobody gives what they do not hold", Problem(page, "roles"), StringComparison.Ordinal);
        await deputy.OpenAsync("/admin/groups/bosses");
        page = await deputy.SubmitAsync("Put in", ("user", "deputy@example.test"));
        Assert.Contains("Nobody gives what they do not hold", Problem(page, "user"), StringComparison.Ordinal);
        page = await deputy.SubmitAsync("Remove the group", ("confirm", "bosses"));
        Assert.Contains("You do not hold", Problem(page, "confirm"), StringComparison.Ordinal);
        Assert.Equal("ada", await MembersAsync("bosses"));
        Assert.DoesNotContain("keys:manage", await PermissionsAsync("deputy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_administrator_stays_and_admin_keeps_what_gives_it_back()
    {
        await AddGroupAsync("bosses", "admin", "ada");
        using var ada = await bench.SignedInAsync("ada");
        await host.InStoreAsync(db => db.Set<UserRole>().Where(held => db.Set<Role>().Any(role => role.Id == held.RoleId && role.Name == "admin")).ExecuteDeleteAsync());
        await ada.OpenAsync("/admin/groups/bosses");
        Assert.Contains("This would leave nobody who holds the role admin", (await ada.SubmitAsync("Take out ada")).Text, StringComparison.Ordinal);
        Assert.Contains("This would leave nobody who holds the role admin", Problem(await ada.SubmitAsync("Remove the group", ("confirm", "bosses")), "confirm"), StringComparison.Ordinal);
        Assert.Equal("ada", await MembersAsync("bosses"));
        await ada.OpenAsync("/admin/roles/admin");
        Assert.Contains("of admin keep roles:manage", Problem(await ada.SubmitAsync("Save", ("permissions", "roles:read")), "permissions"), StringComparison.Ordinal);
        Assert.Empty((await ada.OpenAsync("/admin/roles/admin")).Document.QuerySelectorAll("form[action$='Remove']"));
        Assert.Contains("user, moderator and admin stay", (await PostRemoveAsync(ada, "admin")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_save_shows_what_the_other_did_and_what_was_chosen_and_overwrites_nothing()
    {
        await AddGroupAsync("team", "user", "grace");
        using var ada = await bench.SignedInAsync("ada");
        using var otto = await bench.SignedInAsync("otto");
        await ada.OpenAsync("/admin/roles/reader");
        await otto.OpenAsync("/admin/roles/reader");
        await otto.SubmitAsync("Save", ("permissions", "roles:read"), ("permissions", "sessions:read"));
        var page = await ada.SubmitAsync("Save", ("permissions", "roles:read"), ("permissions", "users:read"));
        Assert.Contains("Somebody else changed it meanwhile", page.Document.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["roles:read", "sessions:read"], Ticked(page, "permissions"));
        Assert.Contains("You would add", page.Text, StringComparison.Ordinal);
        Assert.Equal("roles:read sessions:read", await PermissionsAsync("reader"));
        await ada.SubmitAsync("Save", ("permissions", "roles:read"), ("permissions", "users:read"));
        Assert.Equal("roles:read users:read", await PermissionsAsync("reader"));

        await ada.OpenAsync("/admin/groups/team");
        await otto.OpenAsync("/admin/groups/team");
        await otto.SubmitAsync("Save", ("description", "Ours"), ("roles", "user"));
        page = await ada.SubmitAsync("Save", ("description", "Mine"), ("roles", "reader"));
        Assert.Contains("Somebody else changed it meanwhile", page.Document.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Ours", page.Document.QuerySelector("#description")!.GetAttribute("value"));
        Assert.Contains("Mine", page.Text, StringComparison.Ordinal);
        await otto.OpenAsync("/admin/groups/team");
        await otto.SubmitAsync("Save", ("description", "Ours again"), ("roles", "user"));
        var token = page.Document.QuerySelector("input[name=version]")!.GetAttribute("value")!;
        Assert.Contains("Somebody else changed it meanwhile", (await ada.SubmitAsync("Remove the group", ("confirm", "team"), ("version", token))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_attack_the_page_are_text_and_a_group_takes_no_stranger()
    {
        var (script, image) = (StageDocument.Script, StageDocument.Image);
        await host.InStoreAsync(async db =>
        {
            db.Add(new Role { Name = script, Permissions = ["roles:read"] });
            return await db.SaveChangesAsync();
        });
        await AddGroupAsync(image, script, "grace");
        using var ada = await bench.SignedInAsync("ada");
        foreach (var path in new[] { "/admin/roles", "/admin/roles/~permissions", $"/admin/roles/{Uri.EscapeDataString(script)}", "/admin/groups", $"/admin/groups/{Uri.EscapeDataString(image)}", "/admin/groups/~new", "/admin/roles?after=%00&done=%3Cb%3E", "/admin/groups?after=" + new string('x', 3000), $"/admin/groups/{Uri.EscapeDataString(image)}?after=nobody" })
        {
            var page = await ada.OpenAsync(path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Empty(page.Document.QuerySelectorAll("main img, main script, main b, main [onerror]"));
        }

        foreach (var path in new[] { "/admin/roles/none", "/admin/roles/a%01b", "/admin/groups/none", "/admin/groups/" + new string('x', 3000) })
            Assert.Equal(HttpStatusCode.NotFound, (await ada.OpenAsync(path)).Status);
        await ada.OpenAsync($"/admin/groups/{Uri.EscapeDataString(image)}");
        foreach (var stranger in new[] { "", "nobody-here", "<b>", $"{Guid.CreateVersion7()}", new string('x', 5000) })
            Assert.NotEmpty(Problem(await ada.SubmitAsync("Put in", ("user", stranger)), "user"));
        var put = await ada.SubmitAsync("Put in", ("user", " OTTO@example.test "));
        Assert.Contains("They are in the group.", put.Text, StringComparison.Ordinal);
        await ada.OpenAsync("/admin/roles/~new");
        Assert.Contains("has characters that stand in no address", Problem(await ada.SubmitAsync("Add the role", ("name", script)), "name"), StringComparison.Ordinal);
        Assert.Contains("is not a permission", Problem(await ada.SubmitAsync("Add the role", ("name", "ok"), ("more-permissions", "<img src=x>\u0001 notes")), "more-permissions"), StringComparison.Ordinal);
        Assert.NotEmpty(Problem(await ada.SubmitAsync("Add the role", ("name", ""), ("more-permissions", "")), "name"));
        Assert.Contains("There is a role of this name", Problem(await ada.SubmitAsync("Add the role", ("name", "user")), "name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_that_would_lie_in_itself_is_refused_beside_its_groups()
    {
        await AddGroupAsync("outer", "user");
        await AddGroupAsync("inner", "user");
        using var ada = await bench.SignedInAsync("ada");
        await ada.OpenAsync("/admin/groups/outer");
        var page = await ada.SubmitAsync("Save", ("groups", "inner"), ("roles", "user"));
        Assert.Contains("Saved.", page.Text, StringComparison.Ordinal);
        await ada.OpenAsync("/admin/groups/inner");
        Assert.Contains("would lie in itself", Problem(await ada.SubmitAsync("Save", ("groups", "outer"), ("roles", "user")), "groups"), StringComparison.Ordinal);
        Assert.Contains("\"nowhere\" is no group", Problem(await ada.SubmitAsync("Save", ("groups", "nowhere"), ("roles", "user")), "groups"), StringComparison.Ordinal);
    }

    private static string Problem(BrowserPage page, string field) => page.Document.GetElementById($"{field}-error")?.TextContent ?? "";

    private static IEnumerable<string> Ticked(BrowserPage page, string name) => page.Document.QuerySelectorAll($"input[name='{name}'][checked]").Select(input => input.GetAttribute("value")!).Order(StringComparer.Ordinal);

    private static async Task<string> TokenAsync(Browser browser) => (await browser.OpenAsync("/account")).Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

    private async Task<BrowserPage> PostRemoveAsync(Browser browser, string role)
    {
        var version = browser.Page.Document.QuerySelector("input[name=version]")!.GetAttribute("value")!;
        return await browser.PostAsync(host[$"/admin/roles/{role}?handler=Remove"], [new("__RequestVerificationToken", await TokenAsync(browser)), new("version", version), new("confirm", role)]);
    }

    private Task<int> GiveAsync(string username, string role) => host.InStoreAsync(async db =>
    {
        db.Add(new UserRole { UserId = await db.Set<User>().Where(user => user.UserName == username).Select(user => user.Id).SingleAsync(), RoleId = await db.Set<Role>().Where(row => row.Name == role).Select(row => row.Id).SingleAsync() });
        return await db.SaveChangesAsync();
    });

    private Task<int> AddGroupAsync(string name, string role, params string[] members) => host.InStoreAsync(async db =>
    {
        var group = new Group { Id = Guid.CreateVersion7(), Name = name };
        db.AddRange(group, new GroupPath { InnerId = group.Id, OuterId = group.Id }, new GroupRole { GroupId = group.Id, RoleId = await db.Set<Role>().Where(row => row.Name == role).Select(row => row.Id).SingleAsync() });
        foreach (var id in await db.Set<User>().Where(user => members.Contains(user.UserName)).Select(user => user.Id).ToListAsync())
            db.Add(new GroupMember { UserId = id, GroupId = group.Id });
        return await db.SaveChangesAsync();
    });

    private Task<string> MembersAsync(string name) => host.InStoreAsync(async db => string.Join(' ', await db.Set<GroupMember>().Where(member => db.Set<Group>().Any(group => group.Id == member.GroupId && group.Name == name))
        .Join(db.Set<User>(), member => member.UserId, user => user.Id, (_, user) => user.UserName).OrderBy(username => username).ToListAsync()));

    private Task<string> PermissionsAsync(string role) => host.InStoreAsync(async db => string.Join(' ', (await db.Set<Role>().Where(row => row.Name == role).SingleAsync()).Permissions.Order(StringComparer.Ordinal)));
}
