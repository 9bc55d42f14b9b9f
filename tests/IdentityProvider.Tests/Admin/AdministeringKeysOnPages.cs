using System.Net;
using IdentityProvider.ApiKeys;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.Pages;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>API keys of everybody and accounts of programs on the pages of the console: the same rules as over the admin API, in sentences.</summary>
public sealed class AdministeringKeysOnPages : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document("users:manage", "api-keys:read", "api-keys:manage", "service-accounts:read", "service-accounts:manage", "notes:read:own") });
        bench = new RightsBench(host, clock);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Keys_of_all_are_found_and_one_is_revoked_when_its_name_is_typed()
    {
        var key = await AddKeyAsync("grace", "Nightly <b>backup</b>");
        await AddKeyAsync("reader", "Old", ends: clock.GetUtcNow().AddDays(-1));
        using var ada = await bench.SignedInAsync("ada");
        Assert.Equal(["Old", "Nightly <b>backup</b>"], Names(await ada.OpenAsync("/admin/api-keys")));
        Assert.Equal(["Old"], Names(await ada.OpenAsync("/admin/api-keys?state=ended")));
        Assert.Equal(["Nightly <b>backup</b>"], Names(await ada.OpenAsync("/admin/api-keys?state=unused&user=GRACE%40example.test")));
        Assert.Empty(Names(await ada.OpenAsync("/admin/api-keys?user=nobody")));
        foreach (var odd in new[] { "user=" + new string('x', 4000), "user=%01", "state=%3Cb%3E", "after=none" })
            Assert.Equal(HttpStatusCode.OK, (await ada.OpenAsync($"/admin/api-keys?{odd}")).Status);
        Assert.Contains(await PathsAsync(ada, $"/admin/users/{await bench.SubAsync("grace")}"), path => path.StartsWith("/admin/api-keys?user=", StringComparison.Ordinal));

        var page = await ada.OpenAsync($"/admin/api-keys/{key}");
        Assert.Empty(page.Document.QuerySelectorAll("main b"));
        Assert.Contains("Enter the name of the key as it is", Problem(await ada.SubmitAsync("Revoke the key", ("confirm", "Nightly")), "confirm"), StringComparison.Ordinal);
        Assert.Contains("does not work any more", (await ada.SubmitAsync("Revoke the key", ("confirm", "Nightly <b>backup</b>"))).Text, StringComparison.Ordinal);
        Assert.NotNull(await host.InStoreAsync(db => db.Set<ApiKey>().Where(row => row.Id == key).Select(row => row.RevokedAt).SingleAsync()));
        Assert.Empty((await ada.OpenAsync($"/admin/api-keys/{key}")).Document.QuerySelectorAll("main form"));
        Assert.Equal(HttpStatusCode.NotFound, (await ada.OpenAsync($"/admin/api-keys/{Guid.CreateVersion7()}")).Status);
        Assert.Contains(await host.AuditAsync(), record => record.Name == "api_keys.changed");
    }

    [Fact]
    public async Task An_account_of_programs_is_made_given_a_role_and_a_key_that_is_shown_once_replaced_revoked_and_removed()
    {
        using var ada = await bench.SignedInAsync("ada");
        await ada.OpenAsync("/admin/service-accounts/new");
        Assert.Contains("stand in no address", Problem(await ada.SubmitAsync("Add the account", ("name", StageDocument.Script)), "name"), StringComparison.Ordinal);
        Assert.Contains("Somebody has this name", Problem(await ada.SubmitAsync("Add the account", ("name", "Grace")), "name"), StringComparison.Ordinal);
        var page = await ada.SubmitAsync("Add the account", ("name", "robot"), ("description", StageDocument.Image));
        Assert.Equal("robot", page.Heading);
        Assert.Empty(page.Document.QuerySelectorAll("main img"));
        var robot = await bench.SubAsync("robot");
        await PermitAsync("delegate", "notes:read:own");
        await ada.OpenAsync($"/admin/users/{robot}/roles");
        page = await ada.SubmitAsync("Save", ("roles", "delegate"));
        Assert.Equal($"/admin/service-accounts/{robot}", page.Url.AbsolutePath);
        Assert.Contains("notes:read:own", page.Text, StringComparison.Ordinal);

        await ada.OpenAsync($"/admin/service-accounts/{robot}/keys/new");
        Assert.NotEmpty(Problem(await ada.SubmitAsync("Make the key", ("name", ""), ("days", "many")), "days"));
        Assert.Contains("at least one thing", Problem(await ada.SubmitAsync("Make the key", ("name", "Nightly"), ("days", "30")), "scope"), StringComparison.Ordinal);
        Assert.NotEmpty(Problem(await ada.SubmitAsync("Make the key", ("name", "Nightly"), ("days", "30"), ("scope", "notes:read"), ("permissions", "users:manage")), "permissions"));
        page = await ada.SubmitAsync("Make the key", ("name", "Nightly"), ("days", "30"), ("scope", "notes:read"), ("permissions", "notes:read:own"));
        var secret = page.Document.QuerySelector("pre.secret")!.TextContent.Trim();
        page = await ada.OpenAsync($"/admin/service-accounts/{robot}/keys");
        Assert.Equal(["Nightly"], Names(page));
        Assert.DoesNotContain(secret, page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);

        var key = await host.InStoreAsync(db => db.Set<ApiKey>().Where(row => row.UserId == robot).Select(row => row.Id).SingleAsync());
        await ada.OpenAsync($"/admin/service-accounts/{robot}/keys/{key}");
        Assert.NotEmpty(Problem(await ada.SubmitAsync("Replace the key", ("hours", "9999")), "hours"));
        var next = (await ada.SubmitAsync("Replace the key", ("hours", "1"))).Document.QuerySelector("pre.secret")!.TextContent.Trim();
        Assert.NotEqual(secret, next);
        var newer = await host.InStoreAsync(db => db.Set<ApiKey>().Where(row => row.UserId == robot && row.Id != key).Select(row => row.Id).SingleAsync());
        await ada.OpenAsync($"/admin/service-accounts/{robot}/keys/{newer}");
        Assert.Contains("does not work any more", (await ada.SubmitAsync("Revoke the key", ("confirm", "Nightly"))).Text, StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("/login", (await ada.OpenAsync($"/admin/service-accounts/{robot}/keys/new")).Url.AbsolutePath);
        await ada.OpenAsync($"/admin/service-accounts/{robot}");
        using var otto = await bench.SignedInAsync("otto");
        await otto.OpenAsync($"/admin/service-accounts/{robot}");
        await otto.SubmitAsync("Save", ("description", "Backs up"), ("disabled", "true"));
        page = await ada.SubmitAsync("Save", ("description", "Mine"));
        Assert.Contains("Somebody else changed it meanwhile", page.Document.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Mine", page.Text, StringComparison.Ordinal);
        Assert.Equal("Backs up", page.Document.QuerySelector("#description")!.GetAttribute("value"));
        Assert.Contains("Enter the name as it is", Problem(await ada.SubmitAsync("Remove the account", ("confirm", "Robot")), "confirm"), StringComparison.Ordinal);
        Assert.Contains("The account is removed", (await ada.SubmitAsync("Remove the account", ("confirm", "robot"))).Text, StringComparison.Ordinal);
        foreach (var path in new[] { "", "/keys", "/keys/new", $"/keys/{newer}" })
            Assert.NotEqual(HttpStatusCode.InternalServerError, (await ada.OpenAsync($"/admin/service-accounts/{robot}{path}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await ada.OpenAsync($"/admin/service-accounts/{robot}")).Status);
    }

    [Fact]
    public async Task Nobody_makes_a_key_above_themselves_and_who_may_look_sends_nothing()
    {
        var (robot, key) = (await AddRobotAsync("admin"), Guid.Empty);
        key = await AddKeyAsync("robot", "Nightly", permissions: "users:manage");
        await PermitAsync("delegate", "service-accounts:read", "service-accounts:manage");
        using var keeper = await bench.SignedInAsync("delegate");
        await keeper.OpenAsync($"/admin/service-accounts/{robot}/keys/new");
        Assert.Contains("Nobody gives what they do not hold. You do not hold users:manage", Problem(await keeper.SubmitAsync("Make the key", ("name", "Mine"), ("days", "3"), ("scope", "notes:read"), ("permissions", "users:manage")), "permissions"), StringComparison.Ordinal);
        await keeper.OpenAsync($"/admin/service-accounts/{robot}/keys/{key}");
        Assert.Contains("You do not hold users:manage", Problem(await keeper.SubmitAsync("Replace the key", ("hours", "0")), "hours"), StringComparison.Ordinal);
        await keeper.OpenAsync($"/admin/service-accounts/{robot}");
        Assert.Contains("You do not hold", Problem(await keeper.SubmitAsync("Remove the account", ("confirm", "robot")), "confirm"), StringComparison.Ordinal);
        Assert.Equal(1, await host.InStoreAsync(db => db.Set<ApiKey>().CountAsync()));

        await PermitAsync("delegate", "service-accounts:read", "api-keys:read");
        foreach (var path in new[] { $"/admin/service-accounts/{robot}", $"/admin/service-accounts/{robot}/keys", $"/admin/service-accounts/{robot}/keys/{key}", "/admin/service-accounts", "/admin/api-keys", $"/admin/api-keys/{key}" })
        {
            var page = await keeper.OpenAsync(path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.Empty(page.Document.QuerySelectorAll("main form[method=post], main a[href$='/new']"));
        }

        var token = (await keeper.OpenAsync("/account")).Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        foreach (var path in new[] { "/admin/service-accounts/new", $"/admin/service-accounts/{robot}?handler=Change", $"/admin/service-accounts/{robot}?handler=Remove", $"/admin/service-accounts/{robot}/keys/new", $"/admin/service-accounts/{robot}/keys/{key}?handler=Rotate", $"/admin/service-accounts/{robot}/keys/{key}?handler=Revoke", $"/admin/api-keys/{key}?handler=Revoke" })
            Assert.Equal(HttpStatusCode.Forbidden, (await keeper.PostAsync(host[path], [new("__RequestVerificationToken", token), new("confirm", "Nightly"), new("name", "x")])).Status);
        using var grace = await bench.SignedInAsync("grace");
        foreach (var path in new[] { $"/admin/service-accounts/{robot}", $"/admin/service-accounts/{robot}/keys", $"/admin/service-accounts/{robot}/keys/{key}", "/admin/service-accounts", "/admin/api-keys", $"/admin/api-keys/{key}" })
            Assert.Equal(HttpStatusCode.Forbidden, (await grace.OpenAsync(path)).Status);
        Assert.Null(await host.InStoreAsync(db => db.Set<ApiKey>().Select(row => row.RevokedAt).SingleAsync()));
    }

    private static string Problem(BrowserPage page, string field) => page.Document.GetElementById($"{field}-error")?.TextContent ?? "";

    private static IEnumerable<string> Names(BrowserPage page) => page.Document.QuerySelectorAll("main ul.rows a.name").Select(link => link.TextContent);

    private static async Task<IReadOnlyList<string>> PathsAsync(Browser browser, string path) => [.. (await browser.OpenAsync(path)).Document.QuerySelectorAll("main a").Select(link => link.GetAttribute("href")!)];

    private async Task<Guid> AddRobotAsync(string role)
    {
        await host.InStoreAsync(async db =>
        {
            var user = User.ForService("robot", null, "x", clock.GetUtcNow());
            db.Add(user);
            await db.SaveChangesAsync();
            db.Add(new UserRole { UserId = user.Id, RoleId = await db.Set<Role>().Where(row => row.Name == role).Select(row => row.Id).SingleAsync() });
            return await db.SaveChangesAsync();
        });
        return await bench.SubAsync("robot");
    }

    private Task<Guid> AddKeyAsync(string owner, string name, DateTimeOffset? ends = null, params string[] permissions) => host.InStoreAsync(async db =>
    {
        var (secret, now) = (ApiKeySecret.Create(isLive: true), clock.GetUtcNow());
        clock.Advance(TimeSpan.FromSeconds(1));
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(now),
            UserId = await db.Set<User>().Where(user => user.UserName == owner).Select(user => user.Id).SingleAsync(),
            Name = name,
            KeyHash = ApiKeySecret.Hash(secret),
            Shown = ApiKeySecret.Shown(secret),
            Scopes = ["notes:read"],
            Permissions = [.. permissions],
            RequestsPerMinute = 60,
            CreatedAt = now,
            ExpiresAt = ends ?? now.AddDays(30),
        };
        db.Add(key);
        await db.SaveChangesAsync();
        return key.Id;
    });

    private Task<int> PermitAsync(string role, params string[] permissions) => host.InStoreAsync(async db =>
    {
        (await db.Set<Role>().SingleAsync(row => row.Name == role)).Permissions = [.. permissions];
        return await db.SaveChangesAsync();
    });
}
