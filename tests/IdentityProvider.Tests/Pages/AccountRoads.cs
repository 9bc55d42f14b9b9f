using IdentityProvider.Tests.Testing;
using Microsoft.Playwright;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages of the account portal.</summary>
internal static class AccountRoads
{
    public static async Task AccountAsync(Stage stage, Tab tab, string path, string username = "ada")
    {
        await tab.Context.AddCookiesAsync(await stage.SignedInAsync(username));
        await tab.OpenAsync(stage.Host, path);
    }

    public static async Task AccountFormAsync(Stage stage, Tab tab, string path, string button, params (string Id, string Value)[] fields)
    {
        await AccountAsync(stage, tab, path);
        await tab.FillAndSubmitAsync(button, fields);
    }

    public static async Task SessionsAsync(Stage stage, Tab tab)
    {
        using var elsewhere = new Browser(stage.Host);
        await stage.Shop().SignInAsync(elsewhere, "openid profile email offline_access");
        await AccountAsync(stage, tab, "/account/sessions");
    }

    public static async Task AppsAsync(Stage stage, Tab tab)
    {
        using var browser = new Browser(stage.Host);
        await stage.Shop().SignInAsync(browser, "openid profile email offline_access");
        await tab.Context.AddCookiesAsync([.. browser.Cookies.GetCookies(stage.Host.Issuer).Select(c => new Cookie { Name = c.Name, Value = c.Value, Url = stage.Host.Issuer.ToString(), HttpOnly = true })]);
        await tab.OpenAsync(stage.Host, "/account/apps");
    }
}
