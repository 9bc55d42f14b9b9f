using IdentityProvider.ApiKeys;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the console's pages of API keys and of accounts of programs.</summary>
internal static class ProgramRoads
{
    /// <summary>The keys of all, as ada's and the programs' are.</summary>
    public static async Task KeysAsync(Stage stage, Tab tab, string path)
    {
        await KeyRoads.KeysAsync(stage, tab);
        await tab.Context.ClearCookiesAsync();
        await AdminRoads.AdminAsync(stage, tab, path);
    }

    public static async Task KeyAsync(Stage stage, Tab tab, bool wrong = false)
    {
        await KeysAsync(stage, tab, "/admin/api-keys?user=ada");
        await tab.Page.GetByText("Nightly backup").First.ClickAsync();
        if (wrong)
            await tab.FillAndSubmitAsync("Revoke the key", ("confirm", "Backup"));
    }

    public static async Task NoAccountsAsync(Stage stage, Tab tab)
    {
        await ClearAsync(stage);
        await AdminRoads.AdminAsync(stage, tab, "/admin/service-accounts");
    }

    /// <param name="stage">The server.</param>
    /// <param name="tab">The window.</param>
    /// <param name="page">Below the page of the account; null: the list.</param>
    public static async Task AccountAsync(Stage stage, Tab tab, string? page)
    {
        await ClearAsync(stage);
        var (nightly, now) = (User.ForService("nightly", "Backs up <b>everything</b> every night", "x", TimeProvider.System.GetUtcNow()), TimeProvider.System.GetUtcNow());
        await stage.Host.InStoreAsync(async db =>
        {
            var strange = User.ForService(StageDocument.Long, StageDocument.Script, "x", now);
            strange.DisabledAt = now;
            db.AddRange(nightly, strange);
            await db.SaveChangesAsync();
            db.Add(new UserRole { UserId = nightly.Id, RoleId = await db.Set<Role>().Where(role => role.Name == "moderator").Select(role => role.Id).SingleAsync() });
            db.Add(Key(nightly.Id, "Nightly", now));
            return await db.SaveChangesAsync();
        });
        await AdminRoads.AdminAsync(stage, tab, "/admin/service-accounts" + (page is null ? "" : $"/{nightly.Id}{page}"));
    }

    public static async Task FormAsync(Stage stage, Tab tab, string page, string button, params (string Id, string Value)[] fields)
    {
        await AccountAsync(stage, tab, page);
        await tab.FillAndSubmitAsync(button, fields);
    }

    public static async Task OneKeyAsync(Stage stage, Tab tab)
    {
        await AccountAsync(stage, tab, "/keys");
        await tab.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Nightly", Exact = true }).ClickAsync();
    }

    public static async Task MadeAsync(Stage stage, Tab tab)
    {
        await AccountAsync(stage, tab, "/keys/new");
        await tab.Page.GetByText("Read your notes").First.ClickAsync();
        await tab.FillAndSubmitAsync("Make the key", ("name", "Second"), ("days", "90"));
        await tab.Page.GetByText("never again").WaitForAsync();
    }

    private static Task<int> ClearAsync(Stage stage) => stage.Host.InStoreAsync(db => db.Set<User>().Where(user => user.ServiceSince != null).ExecuteDeleteAsync());

    private static ApiKey Key(Guid owner, string name, DateTimeOffset now)
    {
        var secret = ApiKeySecret.Create(isLive: true);
        return new ApiKey
        {
            Id = Guid.CreateVersion7(now),
            UserId = owner,
            Name = name,
            KeyHash = ApiKeySecret.Hash(secret),
            Shown = ApiKeySecret.Shown(secret),
            Scopes = ["notes:read"],
            Permissions = ["users:read"],
            RequestsPerMinute = 600,
            CreatedAt = now,
            ExpiresAt = now.AddDays(90),
        };
    }
}
