using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Suspicions;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages for who forgot the password. Each walk has a mailbox of its own: mails are limited.</summary>
internal static class RecoveryRoads
{
    public static async Task RecoverAsync(Stage stage, Tab tab, string? email = null)
    {
        await tab.OpenAsync(stage.Host, "/recover");
        if (email is not null)
            await tab.FillAndSubmitAsync("Send the mail", ("email", email));
    }

    public static async Task RecoverWrongCodeAsync(Stage stage, Tab tab)
    {
        await RecoverAsync(stage, tab, "nobody1@example.test");
        await tab.FillAndSubmitAsync("Continue", ("code", "0000 0000"));
    }

    public static async Task NewPasswordAsync(Stage stage, Tab tab, string? password = null)
    {
        var mailbox = password is null ? "forgetful@example.test" : "absent@example.test";
        await RecoverAsync(stage, tab, mailbox);
        await tab.Page.Locator("#code").WaitForAsync();
        await tab.OpenAsync(stage.Host, (await stage.Host.MailAsync(mailbox)).Link());
        if (password is not null)
            await tab.FillAndSubmitAsync("Save the password", ("password", password));
    }

    public static async Task RecoverElsewhereAsync(Stage stage, Tab tab)
    {
        using var browser = new Browser(stage.Host);
        await browser.OpenAsync("/recover");
        await browser.SubmitAsync("Send the mail", ("email", "dreamy@example.test"));
        await tab.OpenAsync(stage.Host, (await stage.Host.MailAsync("dreamy@example.test")).Link());
    }

    /// <summary>With a link as mails carry it.</summary>
    public static async Task NotMeAsync(Stage stage, Tab tab)
    {
        await using var scope = stage.Host.Services.CreateAsyncScope();
        var (db, codes) = (scope.ServiceProvider.GetRequiredService<Store>(), scope.ServiceProvider.GetRequiredService<CodeStore>());
        var id = await db.Set<User>().Where(u => u.UserName == "dreamy").Select(u => u.Id).SingleAsync();
        var issued = codes.Add(SuspicionMail.Purpose, SuspicionMail.OwnerPrefix(id), TimeSpan.FromDays(1), "", new NotMeData(id, "DREAMY@EXAMPLE.TEST").ToString());
        await db.SaveChangesAsync();
        await tab.OpenAsync(stage.Host, $"/{SuspicionMail.Page}?token={issued.Token}");
    }
}
