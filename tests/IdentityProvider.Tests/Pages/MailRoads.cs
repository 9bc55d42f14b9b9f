using IdentityProvider.Tests.Email;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the mails of Development.</summary>
internal static class MailRoads
{
    public static async Task MailsAsync(Stage stage, Tab tab, bool open = false)
    {
        await stage.Host.WriteAsync();
        await stage.Host.SendAsync();
        await tab.OpenAsync(stage.Host, "/development/mails");
        if (open)
            await tab.Page.Locator(".rows a").First.ClickAsync();
    }
}
