using Microsoft.Playwright;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Pages;

[Collection(PagesCollection.Name)]
public sealed class SettingUpTwoSteps(Stage stage)
{
    [ChromiumFact]
    public Task By_keyboard_alone_and_without_script() => SetUpAsync(script: false);

    [ChromiumFact]
    public Task By_keyboard_with_script() => SetUpAsync(script: true);

    [ChromiumFact]
    public async Task The_qr_code_is_black_on_white_in_the_dark_too()
    {
        await using var tab = await stage.OpenTabAsync();
        await AccountRoads.AccountAsync(stage, tab, "/account/authenticators/add", "zoe");
        await tab.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        Assert.Equal("rgb(255, 255, 255)", await tab.Page.Locator(".qr rect").EvaluateAsync<string>("r => getComputedStyle(r).fill"));
        Assert.Equal("rgb(0, 0, 0)", await tab.Page.Locator(".qr path").EvaluateAsync<string>("r => getComputedStyle(r).fill"));
        Assert.Empty(tab.Faults);
    }

    private async Task SetUpAsync(bool script)
    {
        await TwoStepRoads.WithoutAppAsync(stage);
        await using var tab = await stage.OpenTabAsync(script);
        await AccountRoads.AccountAsync(stage, tab, "/account/authenticators/add", "step");
        var secret = (await tab.Page.Locator("[data-copy] code").TextContentAsync())!.Replace(" ", "", StringComparison.Ordinal);
        await tab.Page.Locator("#code").FocusAsync();
        await tab.Page.Keyboard.TypeAsync(new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp());
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.GetByText("never again").WaitForAsync();
        var codes = (await tab.Page.Locator("pre code").TextContentAsync())!.Split('\n');
        Assert.Equal(10, codes.Length);

        var saving = tab.Page.WaitForDownloadAsync();
        await tab.Page.GetByText("Download as a text file").PressAsync("Enter");
        var file = await saving;
        Assert.Equal("recovery-codes.txt", file.SuggestedFilename);
        Assert.Equal(codes, (await File.ReadAllTextAsync((await file.PathAsync())!)).TrimEnd('\n').Split('\n'));
        Assert.Equal(script, await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Print", Exact = true }).IsVisibleAsync());

        // The button itself says it: nobody goes on without.
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "I have saved the codes" }).PressAsync("Enter");
        await tab.Page.ArriveAsync("**/account/authenticators?done=added*");
        Assert.Empty(tab.Faults);
    }
}
