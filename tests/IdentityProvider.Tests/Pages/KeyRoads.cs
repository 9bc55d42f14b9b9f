using IdentityProvider.ApiKeys;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using static IdentityProvider.Tests.Pages.AccountRoads;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages of API keys.</summary>
internal static class KeyRoads
{
    /// <summary>One that is busy, one that ends soon and was replaced, one that is over, and one with a name that attacks the page.</summary>
    public static async Task KeysAsync(Stage stage, Tab tab, string? link = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        await stage.Host.InStoreAsync(async db =>
        {
            var owner = await db.Set<User>().Where(u => u.UserName == "ada").Select(u => u.Id).SingleAsync();
            await db.Set<ApiKey>().Where(k => k.UserId == owner).ExecuteDeleteAsync();
            await db.Set<ApiKeyUse>().Where(u => u.UserId == owner).ExecuteDeleteAsync();
            var busy = Key(owner, "Nightly backup", now.AddDays(-3), now.AddDays(87));
            (busy.LastUsedAt, busy.MonthlyQuota, busy.Networks, busy.Permissions) = (now.AddMinutes(-4), 100_000, ["203.0.113.0/24"], ["notes:read:own"]);
            var old = Key(owner, "Website", now.AddDays(-80), now.AddDays(10));
            old.SuccessorId = busy.Id;
            var over = Key(owner, "Old laptop", now.AddDays(-60), now.AddDays(30));
            over.RevokedAt = now.AddDays(-2);
            db.AddRange(busy, old, over, Key(owner, StageDocument.Script, now.AddDays(-1), now.AddDays(4)), Key(owner, StageDocument.Long, now.AddDays(-1), now.AddDays(300)));
            db.Add(new ApiKeyUse { ApiKeyId = busy.Id, UserId = owner, At = now.AddMinutes(-4), Address = "203.0.113.7", Route = "introspection by https://notes.test" });
            db.Add(new ApiKeyUse { ApiKeyId = busy.Id, UserId = owner, At = now.AddMinutes(-9), Address = "198.51.100.23", Route = "GET /api/me", Refusal = "address" });
            return await db.SaveChangesAsync();
        });
        await AccountAsync(stage, tab, "/account/keys");
        if (link is not null)
            await tab.Page.GetByText(link).First.ClickAsync();
    }

    public static async Task WrongKeyAsync(Stage stage, Tab tab)
    {
        await AccountAsync(stage, tab, "/account/keys/new");
        await tab.FillAndSubmitAsync("Make the key", ("name", ""), ("days", "4000"));
    }

    public static async Task MadeKeyAsync(Stage stage, Tab tab)
    {
        await AccountAsync(stage, tab, "/account/keys/new");
        await tab.Page.GetByText("Read your notes").First.ClickAsync();
        await tab.FillAndSubmitAsync("Make the key", ("name", "Nightly backup"), ("days", "90"));
        await tab.Page.GetByText("never again").WaitForAsync();
    }

    public static async Task WrongNameAsync(Stage stage, Tab tab)
    {
        await KeysAsync(stage, tab, "Details of Nightly backup");
        await tab.FillAndSubmitAsync("Revoke the key", ("name", "Backup"));
    }

    private static ApiKey Key(Guid owner, string name, DateTimeOffset made, DateTimeOffset end)
    {
        var secret = ApiKeySecret.Create(isLive: true);
        return new ApiKey
        {
            Id = Guid.CreateVersion7(made),
            UserId = owner,
            Name = name,
            KeyHash = ApiKeySecret.Hash(secret),
            Shown = ApiKeySecret.Shown(secret),
            Scopes = ["notes:read"],
            RequestsPerMinute = 600,
            CreatedAt = made,
            ExpiresAt = end,
        };
    }
}
