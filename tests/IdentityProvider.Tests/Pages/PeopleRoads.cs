using IdentityProvider.PersonalData;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages of people.</summary>
internal static class PeopleRoads
{
    /// <summary>One is closed, one leaves.</summary>
    public static async Task ListAsync(Stage stage, Tab tab)
    {
        await ChangeAsync(stage, "changer", user => user.DisabledAt = user.CreatedAt);
        await LeavingAsync(stage, "dreamy");
        await AdminRoads.AdminAsync(stage, tab, "/admin/users");
        await ChangeAsync(stage, "changer", user => user.DisabledAt = null);
        await stage.Host.InStoreAsync(db => db.Set<Deletion>().ExecuteDeleteAsync());
    }

    /// <param name="stage">The server.</param>
    /// <param name="tab">The window.</param>
    /// <param name="username">Whom it is about.</param>
    /// <param name="page">Below their own page.</param>
    /// <param name="only">What the administrator holds; nothing: all.</param>
    public static async Task PersonAsync(Stage stage, Tab tab, string username, string page = "", params string[] only) =>
        await RightsRoads.RightsAsync(stage, tab, $"/admin/users/{await SubAsync(stage, username)}{page}", only);

    public static async Task FormAsync(Stage stage, Tab tab, string username, string page, string button, params (string Id, string Value)[] fields)
    {
        await PersonAsync(stage, tab, username, page);
        await tab.FillAndSubmitAsync(button, fields);
    }

    public static async Task NewAsync(Stage stage, Tab tab)
    {
        await AdminRoads.AdminAsync(stage, tab, "/admin/users/new");
        await tab.FillAndSubmitAsync("Add the person", ("preferred_username", "zoe"));
    }

    public static async Task RestoreAsync(Stage stage, Tab tab)
    {
        await LeavingAsync(stage, "dreamy");
        await PersonAsync(stage, tab, "dreamy", "/deletion");
        await stage.Host.InStoreAsync(db => db.Set<Deletion>().ExecuteDeleteAsync());
    }

    private static Task<Guid> SubAsync(Stage stage, string username) => stage.Host.InStoreAsync(db => db.Set<User>().Where(user => user.UserName == username).Select(user => user.Id).SingleAsync());

    private static async Task LeavingAsync(Stage stage, string username)
    {
        var (sub, now) = (await SubAsync(stage, username), TimeProvider.System.GetUtcNow());
        await stage.Host.InStoreAsync(async db =>
        {
            await db.Set<Deletion>().ExecuteDeleteAsync();
            db.Add(new Deletion { UserId = sub, RequestedAt = now, DueAt = now.AddDays(14), UndoHash = $"{sub:N}" });
            return await db.SaveChangesAsync();
        });
    }

    private static Task<int> ChangeAsync(Stage stage, string username, Action<User> change) => stage.Host.InStoreAsync(async db =>
    {
        change(await db.Set<User>().SingleAsync(user => user.UserName == username));
        return await db.SaveChangesAsync();
    });
}
