using IdentityProvider.Tests.Testing;
using Microsoft.Playwright;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the states of the pages, each walked as a person would.</summary>
internal static class Roads
{
    private const string Everything = "openid profile email offline_access notes:read notes:write";

    public static Task LoginAsync(Stage stage, Tab tab) => AuthorizeAsync(stage, tab);

    public static async Task LoginAsync(Stage stage, Tab tab, string username, string password)
    {
        await AuthorizeAsync(stage, tab);
        await tab.SignInAsync(username, password);
    }

    public static async Task LockedAsync(Stage stage, Tab tab)
    {
        await LoginAsync(stage, tab, "victim", "wrong");
        for (var i = 0; i < 5; i++)
            await tab.SignInAsync("victim", "wrong");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Try again in");
    }

    public static async Task AuthorizeAsync(Stage stage, Tab tab, params (string Name, string? Value)[] changes) =>
        await tab.OpenAsync(stage.Host, stage.Shop().AuthorizeUrl(Everything, changes));

    public static async Task SignedInAsync(Stage stage, Tab tab, params (string Name, string? Value)[] changes)
    {
        await tab.Context.AddCookiesAsync(await stage.SignedInAsync());
        await AuthorizeAsync(stage, tab, changes);
    }

    public static async Task MfaAsync(Stage stage, Tab tab)
    {
        await AuthorizeAsync(stage, tab);
        await tab.SignInAsync("otp");
        await tab.Page.ArriveAsync("**/mfa?*");
    }

    public static async Task WrongCodeAsync(Stage stage, Tab tab)
    {
        await MfaAsync(stage, tab);
        await tab.FillAndSubmitAsync("Continue", ("code", "000 000"));
    }

    public static async Task WrongUserCodeAsync(Stage stage, Tab tab)
    {
        await tab.OpenAsync(stage.Host, "/device");
        await tab.FillAndSubmitAsync("Continue", ("user_code", "0000-0000-0000"));
    }

    public static async Task DeviceAsync(Stage stage, Tab tab, string clientId = "device", string username = "ada")
    {
        var code = await new RelyingParty(stage.Host, clientId).PostAsync("/connect/device", ("scope", "openid profile notes:read"));
        await tab.Context.AddCookiesAsync(await stage.SignedInAsync(username));
        await tab.OpenAsync(stage.Host, "/device");
        await tab.FillAndSubmitAsync("Continue", ("user_code", code["user_code"]!));
        await tab.Page.ArriveAsync("**/device?ticket=*");
    }

    public static async Task AnswerDeviceAsync(Stage stage, Tab tab, string answer)
    {
        await DeviceAsync(stage, tab);
        await tab.PressAsync(answer);
        await tab.Page.ArriveAsync("**/device?done=*");
    }

    public static async Task ChooseAsync(Stage stage, Tab tab, params string[] usernames)
    {
        await tab.Context.AddCookiesAsync(await stage.SignedInAsync(false, usernames));
        await AuthorizeAsync(stage, tab, ("prompt", "select_account"));
    }

    /// <summary>Two signed out who wanted to stay: nobody is signed in.</summary>
    public static async Task ChooseAgainAsync(Stage stage, Tab tab)
    {
        await tab.Context.AddCookiesAsync(await stage.SignedInAsync(true, "zoe", "ada"));
        await tab.OpenAsync(stage.Host, "/signout");
        await tab.PressAsync("Sign out");
        await tab.Page.ArriveAsync("**/signed-out");
        await AuthorizeAsync(stage, tab, ("prompt", "select_account"));
    }

    public static async Task SignOutAsync(Stage stage, Tab tab, bool stays = false)
    {
        await tab.Context.AddCookiesAsync(await stage.SignedInAsync(stays, "ada"));
        await tab.OpenAsync(stage.Host, "/connect/endsession?client_id=web");
    }

    public static async Task HandOverAsync(Stage stage, Tab tab)
    {
        await AuthorizeAsync(stage, tab);
        await tab.HoldHandOverAsync();
        await tab.SignInAsync();
    }

    /// <summary>A redirect URI with a slip of the finger.</summary>
    public static string Mistyped(Stage stage) => new RelyingParty(stage.Host, "web", stage.Client.Callback.Replace("callback", "calback", StringComparison.Ordinal)).AuthorizeUrl(Everything);
}
