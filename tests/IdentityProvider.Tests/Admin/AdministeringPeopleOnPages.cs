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

/// <summary>People on the pages of the console: the same rules as over the admin API, in sentences.</summary>
public sealed class AdministeringPeopleOnPages : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document("users:manage", "sessions:manage", "notes:read:own", "keys:manage") });
        bench = new RightsBench(host, clock);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task People_are_found_by_how_they_begin_by_state_and_by_role()
    {
        await ChangeAsync("grace", user => user.DisabledAt = clock.GetUtcNow());
        using var ada = await bench.SignedInAsync("ada");
        Assert.Equal("/admin/users", (await ada.OpenAsync("/admin")).Url.AbsolutePath);
        Assert.Equal(["ada", "delegate", "deputy", "grace", "otto", "reader"], Names(ada.Page).Order());
        Assert.Equal(["delegate", "deputy"], Names(await ada.OpenAsync("/admin/users?search=DE")).Order());
        Assert.Equal(["grace"], Names(await ada.OpenAsync("/admin/users?search=grace%40exam")));
        Assert.Equal(["grace"], Names(await ada.OpenAsync($"/admin/users?search={(await bench.SubAsync("grace")):N}")));
        Assert.Equal(["grace"], Names(await ada.OpenAsync("/admin/users?state=disabled")));
        Assert.Contains("Closed", ada.Page.Document.QuerySelector("ul.rows")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("/admin/users?search=g&state=disabled", (await ada.OpenAsync("/admin/users?search=g")).Document.QuerySelectorAll(".tabs a").Single(link => link.TextContent == "Closed").GetAttribute("href"));
        Assert.Equal(["ada", "otto"], Names(await ada.OpenAsync("/admin/users?role=admin")).Order());
        foreach (var odd in new[] { "search=" + new string('x', 4000), "search=%01", "state=all", "role=%3Cb%3E", "after=nothing", "search=a&after=AAAA", "sort=name" })
            Assert.Equal(HttpStatusCode.OK, (await ada.OpenAsync($"/admin/users?{odd}")).Status);
    }

    [Fact]
    public async Task What_somebody_holds_is_shown_with_its_source_and_changed()
    {
        await NestAsync();
        using var ada = await bench.SignedInAsync("ada");
        var grace = await bench.SubAsync("grace");
        await ada.OpenAsync($"/admin/users/{grace}/roles");
        var page = await ada.SubmitAsync("Save", ("roles", "reader"));
        Assert.Equal($"/admin/users/{grace}", page.Url.AbsolutePath);
        Assert.Contains("reader directly", Flat(page.Text), StringComparison.Ordinal);
        page = await ada.SubmitAsync("Put in", ("group", "desk"));
        Assert.Contains("They are in the group.", page.Text, StringComparison.Ordinal);
        Assert.Contains("chief through desk, which is in staff", Flat(page.Text), StringComparison.Ordinal);
        Assert.Contains("keys:manage", page.Text, StringComparison.Ordinal);
        page = await ada.SubmitAsync("Take out of desk");
        Assert.DoesNotContain("chief", page.Text, StringComparison.Ordinal);
        Assert.Contains("There is no group of this name", Problem(await ada.SubmitAsync("Put in", ("group", "nowhere")), "group"), StringComparison.Ordinal);
        Assert.NotEmpty(Problem(await ada.SubmitAsync("Put in", ("group", "")), "group"));
        Assert.Equal(["groups.member_added", "groups.member_removed", "roles.assigned"], (await host.AuditAsync()).Select(record => record.Name).Where(name => name.StartsWith("groups.", StringComparison.Ordinal) || name == "roles.assigned").Order());
    }

    [Fact]
    public async Task Who_may_look_sees_no_form_and_cannot_send_one_and_others_see_nothing()
    {
        await PermitAsync("delegate", "users:read");
        var grace = await bench.SubAsync("grace");
        using var desk = await bench.SignedInAsync("delegate");
        var page = await desk.OpenAsync($"/admin/users/{grace}");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Empty(page.Document.QuerySelectorAll("main form, main a[href$='/edit'], main a[href$='/roles'], main a[href$='/factors'], main a[href*='/admin/sessions']"));
        Assert.DoesNotContain(page.Document.QuerySelectorAll("h2"), heading => heading.TextContent == "Roles");
        Assert.Contains("needs the permission users:manage", page.Text, StringComparison.Ordinal);
        var token = (await desk.OpenAsync("/account")).Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        foreach (var path in new[] { "new", $"{grace}/edit", $"{grace}/roles", $"{grace}/recovery", $"{grace}/factors", $"{grace}/deletion" })
            Assert.Equal(HttpStatusCode.Forbidden, (await desk.OpenAsync($"/admin/users/{path}")).Status);
        foreach (var path in new[] { "new", $"{grace}/edit", $"{grace}/roles", $"{grace}/recovery", $"{grace}/factors", $"{grace}/deletion?handler=Delete", $"{grace}/deletion?handler=Restore", $"{grace}?handler=Unlock", $"{grace}?handler=PutIn", $"{grace}?handler=TakeOut" })
            Assert.Equal(HttpStatusCode.Forbidden, (await desk.PostAsync(host[$"/admin/users/{path}"], [new("__RequestVerificationToken", token), new("confirm", "grace"), new("roles", "admin"), new("reason", "x")])).Status);

        using var nobody = await bench.SignedInAsync("grace");
        foreach (var path in new[] { "", $"/{grace}", "/new", $"/{grace}/edit" })
            Assert.Equal(HttpStatusCode.Forbidden, (await nobody.OpenAsync($"/admin/users{path}")).Status);
    }

    [Fact]
    public async Task Nobody_changes_somebody_who_holds_more_or_gives_what_they_do_not_hold()
    {
        await PermitAsync("delegate", "users:read", "users:manage", "roles:read", "roles:manage");
        var (ada, grace, self) = (await bench.SubAsync("ada"), await bench.SubAsync("grace"), await bench.SubAsync("delegate"));
        using var desk = await bench.SignedInAsync("delegate");
        const string Above = "Nobody changes somebody who holds more than they do";
        await desk.OpenAsync($"/admin/users/{ada}/edit");
        Assert.Contains(Above, (await desk.SubmitAsync("Save", ("email", "mine@example.test"))).Text, StringComparison.Ordinal);
        await desk.OpenAsync($"/admin/users/{ada}/recovery");
        Assert.Contains(Above, (await desk.SubmitAsync("Send the mail")).Text, StringComparison.Ordinal);
        await desk.OpenAsync($"/admin/users/{ada}/factors");
        Assert.Contains(Above, Problem(await desk.SubmitAsync("Take them away", ("reason", "She asked me")), "reason"), StringComparison.Ordinal);
        await desk.OpenAsync($"/admin/users/{ada}/deletion");
        Assert.Contains(Above, Problem(await desk.SubmitAsync("Delete the account", ("confirm", "ada")), "confirm"), StringComparison.Ordinal);
        foreach (var sub in new[] { self, grace })
        {
            await desk.OpenAsync($"/admin/users/{sub}/roles");
            Assert.Contains("Nobody gives what they do not hold", Problem(await desk.SubmitAsync("Save", ("roles", "admin")), "roles"), StringComparison.Ordinal);
        }

        Assert.Equal("ada@example.test", await host.InStoreAsync(db => db.Set<User>().Where(user => user.Id == ada).Select(user => user.Email).SingleAsync()));
        Assert.DoesNotContain(await host.AuditAsync(), record => record.Name is "mfa.factors_reset" or "account.closed_by_administrator" or "roles.assigned" or "users.changed_by_administrator");
    }

    [Fact]
    public async Task The_last_administrator_stays_whichever_way_they_would_go()
    {
        var (ada, otto) = (await bench.SubAsync("ada"), await bench.SubAsync("otto"));
        using var browser = await bench.SignedInAsync("ada");
        const string Nobody = "This would leave nobody who holds the role admin";
        await browser.OpenAsync($"/admin/users/{otto}/deletion");
        Assert.Contains("Enter it as it is: otto", Problem(await browser.SubmitAsync("Delete the account", ("confirm", "OTTO")), "confirm"), StringComparison.Ordinal);
        Assert.Contains("The account is closed", (await browser.SubmitAsync("Delete the account", ("confirm", "otto"))).Text, StringComparison.Ordinal);
        Assert.Contains("Leaving", (await browser.OpenAsync("/admin/users?state=closing")).Document.QuerySelector("ul.rows")!.TextContent, StringComparison.Ordinal);
        await browser.OpenAsync($"/admin/users/{ada}/deletion");
        Assert.Contains(Nobody, Problem(await browser.SubmitAsync("Delete the account", ("confirm", "ada")), "confirm"), StringComparison.Ordinal);
        await browser.OpenAsync($"/admin/users/{ada}/edit");
        Assert.Contains(Nobody, (await browser.SubmitAsync("Save", ("disabled", "true"))).Text, StringComparison.Ordinal);
        await browser.OpenAsync($"/admin/users/{ada}/roles");
        Assert.Contains(Nobody, Problem(await browser.SubmitAsync("Save", ("roles", "reader")), "roles"), StringComparison.Ordinal);
        await browser.OpenAsync($"/admin/users/{otto}");
        Assert.Contains(browser.Page.Document.QuerySelectorAll("main a"), link => link.TextContent == "Keep the account");
        await browser.OpenAsync($"/admin/users/{otto}/deletion");
        Assert.Contains("They stay.", (await browser.SubmitAsync("Keep the account")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_is_added_changed_unlocked_mailed_and_freed_of_lost_factors()
    {
        using var ada = await bench.SignedInAsync("ada");
        await ada.OpenAsync("/admin/users/new");
        Assert.NotEmpty(Problem(await ada.SubmitAsync("Add the person"), "preferred_username"));
        Assert.Contains("is not a mail address", Problem(await ada.SubmitAsync("Add the person", ("email", "nobody"), ("birthdate", "soon")), "email"), StringComparison.Ordinal);
        Assert.Contains("somebody else", Problem(await ada.SubmitAsync("Add the person", ("preferred_username", "GRACE"), ("email", ""), ("birthdate", "")), "preferred_username"), StringComparison.Ordinal);
        var page = await ada.SubmitAsync("Add the person", ("preferred_username", "hedy"), ("email", "hedy@example.test"), ("name", "Hedy <b>Lamarr</b>"), ("disabled", "true"));
        Assert.Equal("Hedy <b>Lamarr</b>", page.Heading);
        Assert.Contains("Active", page.Text, StringComparison.Ordinal);
        var hedy = await bench.SubAsync("hedy");

        using var stranger = new Browser(host);
        await stranger.OpenAsync("/account");
        for (var i = 0; i < 6; i++)
            await stranger.SubmitAsync("Sign in", ("username", "hedy"), ("password", "wrong"));
        Assert.Contains("Locked", (await ada.OpenAsync("/admin/users?search=hedy")).Document.QuerySelector("ul.rows")!.TextContent, StringComparison.Ordinal);
        await ada.OpenAsync($"/admin/users/{hedy}");
        Assert.Contains("They can try again.", (await ada.SubmitAsync("Unlock")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Locked", ada.Page.Text, StringComparison.Ordinal);

        await ada.OpenAsync($"/admin/users/{hedy}/factors");
        Assert.NotEmpty(Problem(await ada.SubmitAsync("Take them away", ("reason", " ")), "reason"));
        await ada.OpenAsync($"/admin/users/{await bench.SubAsync("grace")}/factors");
        Assert.Contains("Their second factors are gone.", (await ada.SubmitAsync("Take them away", ("reason", "Lost the phone; called back on the known number"))).Text, StringComparison.Ordinal);
        Assert.Contains(await host.AuditAsync(), record => record.Name == "mfa.factors_reset" && $"{record.Details} {record.Reason}".Contains("called back", StringComparison.Ordinal));

        using var otto = await bench.SignedInAsync("otto");
        await ada.OpenAsync($"/admin/users/{hedy}/edit");
        await otto.OpenAsync($"/admin/users/{hedy}/edit");
        await otto.SubmitAsync("Save", ("nickname", "Frequency"));
        page = await ada.SubmitAsync("Save", ("nickname", "Hopper"));
        Assert.Contains("Somebody else changed it meanwhile", page.Document.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Frequency", page.Document.QuerySelector("#nickname")!.GetAttribute("value"));
        Assert.Contains("Nickname: Hopper", page.Text, StringComparison.Ordinal);
        Assert.Contains("Saved.", (await ada.SubmitAsync("Save", ("nickname", "Hopper"), ("disabled", "true"))).Text, StringComparison.Ordinal);
        Assert.NotNull(await host.InStoreAsync(db => db.Set<User>().Where(user => user.Id == hedy).Select(user => user.DisabledAt).SingleAsync()));

        await ada.OpenAsync($"/admin/users/{hedy}/roles");
        await otto.OpenAsync($"/admin/users/{hedy}/roles");
        await otto.SubmitAsync("Save", ("roles", "reader"));
        page = await ada.SubmitAsync("Save", ("roles", "user"));
        Assert.Contains("Somebody else changed it meanwhile", page.Document.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("You would add", page.Text, StringComparison.Ordinal);
        Assert.Equal(["reader"], page.Document.QuerySelectorAll("input[name=roles][checked]").Select(input => input.GetAttribute("value")));
    }

    [Fact]
    public async Task Names_that_attack_the_page_are_text()
    {
        foreach (var (name, hostile) in new[] { ("grace", StageDocument.Script), ("reader", StageDocument.Image), ("otto", StageDocument.Override) })
            await ChangeAsync(name, user => (user.Name, user.Email) = (hostile, $"{name}<img src=x>@example.test"));
        using var ada = await bench.SignedInAsync("ada");
        foreach (var name in new[] { "grace", "reader", "otto" })
            foreach (var path in new[] { "", "/edit", "/roles", "/recovery", "/factors", "/deletion", "?done=%3Cb%3E" })
            {
                var page = await ada.OpenAsync($"/admin/users/{await bench.SubAsync(name)}{path}");
                Assert.Equal(HttpStatusCode.OK, page.Status);
                Assert.Empty(page.Document.QuerySelectorAll("main img, main script, main b, main [onerror]"));
            }

        Assert.Empty((await ada.OpenAsync("/admin/users")).Document.QuerySelectorAll("main img, main script, main [onerror]"));
        foreach (var path in new[] { "", "/edit", "/roles", "/recovery", "/factors", "/deletion" })
            Assert.Equal(HttpStatusCode.NotFound, (await ada.OpenAsync($"/admin/users/{Guid.CreateVersion7()}{path}")).Status);
    }

    private static string Problem(BrowserPage page, string field) => page.Document.GetElementById($"{field}-error")?.TextContent ?? "";

    private static IEnumerable<string> Names(BrowserPage page) => page.Document.QuerySelectorAll("main ul.rows a.name").Select(link => link.TextContent);

    private static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private Task<int> ChangeAsync(string username, Action<User> change) => host.InStoreAsync(async db =>
    {
        change(await db.Set<User>().SingleAsync(user => user.UserName == username));
        return await db.SaveChangesAsync();
    });

    private Task<int> PermitAsync(string role, params string[] permissions) => host.InStoreAsync(async db =>
    {
        (await db.Set<Role>().SingleAsync(row => row.Name == role)).Permissions = [.. permissions];
        return await db.SaveChangesAsync();
    });

    /// <summary>desk lies in staff, which carries the role chief.</summary>
    private Task<int> NestAsync() => host.InStoreAsync(async db =>
    {
        var (staff, desk) = (new Group { Id = Guid.CreateVersion7(), Name = "staff" }, new Group { Id = Guid.CreateVersion7(), Name = "desk" });
        db.AddRange(staff, desk, new GroupPath { InnerId = staff.Id, OuterId = staff.Id }, new GroupPath { InnerId = desk.Id, OuterId = desk.Id }, new GroupPath { InnerId = desk.Id, OuterId = staff.Id, Distance = 1 });
        db.Add(new GroupRole { GroupId = staff.Id, RoleId = await db.Set<Role>().Where(role => role.Name == "chief").Select(role => role.Id).SingleAsync() });
        return await db.SaveChangesAsync();
    });
}
