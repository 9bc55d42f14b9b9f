using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages of an administrator who acts for somebody.</summary>
internal static class ImpersonationRoads
{
    public static async Task BeforeAsync(Stage stage, Tab tab, string username, string? reason = null)
    {
        await stage.Host.InStoreAsync(db => db.Set<Session>().Where(s => s.ActorId != null).ExecuteDeleteAsync());
        var sub = await stage.Host.InStoreAsync(db => db.Set<User>().Where(user => user.UserName == username).Select(user => user.Id).SingleAsync());
        await AdminRoads.AdminAsync(stage, tab, $"/admin/users/{sub}/impersonate");
        if (reason is not null)
            await tab.FillAndSubmitAsync("Act for them", ("reason", reason));
    }

    public static async Task ActingAsync(Stage stage, Tab tab, string path, string username = "override")
    {
        await BeforeAsync(stage, tab, username, "asked for help with <b>an invoice</b>, ticket 4711");
        await tab.OpenAsync(stage.Host, path);
    }
}
