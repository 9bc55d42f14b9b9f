using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages of the console.</summary>
internal static class AdminRoads
{
    private const string Warden = "warden";

    /// <summary>As somebody who became an administrator after signing in, and has given a second factor since.</summary>
    public static async Task AdminAsync(Stage stage, Tab tab, string path)
    {
        await stage.Host.InStoreAsync(db => db.Set<UserRole>().Where(held => db.Set<User>().Any(u => u.Id == held.UserId && u.UserName == Warden)).ExecuteDeleteAsync());
        var cookies = await stage.SignedInAsync(Warden);
        await stage.Host.InStoreAsync(async db =>
        {
            var session = await db.Set<Session>().Where(s => s.User.UserName == Warden).OrderByDescending(s => s.CreatedAt).FirstAsync();
            session.Factors.Add(new Factor { Method = "otp", At = session.AuthenticatedAt });
            db.Add(new UserRole { UserId = session.UserId, RoleId = await db.Set<Role>().Where(role => role.Name == "admin").Select(role => role.Id).SingleAsync() });
            return await db.SaveChangesAsync();
        });
        await tab.Context.AddCookiesAsync(cookies);
        await tab.OpenAsync(stage.Host, path);
    }
}
