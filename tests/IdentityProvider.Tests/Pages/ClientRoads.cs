using IdentityProvider.Clients;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the console's pages of clients.</summary>
internal static class ClientRoads
{
    public static async Task FormAsync(Stage stage, Tab tab, string page, string button, params (string Id, string Value)[] fields)
    {
        await AdminRoads.AdminAsync(stage, tab, $"/admin/clients/{page}");
        await tab.FillAndSubmitAsync(button, fields);
    }

    /// <summary>The answer that shows a secret, once.</summary>
    public static async Task MadeAsync(Stage stage, Tab tab)
    {
        await stage.Host.InStoreAsync(db => db.Set<Client>().Where(client => client.DisplayName == "Night shift").ExecuteDeleteAsync());
        await FormAsync(stage, tab, "new?type=machine", "Add the client", ("client_name", "Night shift"));
        await tab.Page.GetByText("never again").WaitForAsync();
    }

    /// <summary>By keyboard alone, from the list to the client.</summary>
    public static async Task ByKeyboardAsync(Tab tab)
    {
        await TabToAsync(tab, "Add a client");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Page.Locator("hgroup p")).ToContainTextAsync("Step 1 of 3", new() { Timeout = 60_000 });
        await TabToAsync(tab, "Single-page app in the browser");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(tab.Page.Locator("hgroup p")).ToContainTextAsync("Step 2 of 3", new() { Timeout = 60_000 });
        await TabToAsync(tab, "client_name");
        await tab.Page.Keyboard.TypeAsync("Typed shop");
        await TabToAsync(tab, "redirect_uris");
        await tab.Page.Keyboard.TypeAsync("https://typed.example.com/callback");
        await TabToAsync(tab, "Add the client");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.GetByText("The client is there.").WaitForAsync();
    }

    /// <summary>Presses the tab key until what has the focus is called so, or has this id.</summary>
    private static async Task TabToAsync(Tab tab, string name)
    {
        for (var i = 0; i < 80; i++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            if (await tab.Page.EvaluateAsync<bool>("name => document.activeElement.id === name || document.activeElement.textContent.trim() === name", name))
                return;
        }

        throw new PlaywrightException($"The keyboard does not lead to {name}.");
    }
}
