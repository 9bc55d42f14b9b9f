using IdentityProvider.Tests.Testing;
using Microsoft.Playwright;
using Xunit;

namespace IdentityProvider.Tests.Pages;

[Collection(PagesCollection.Name)]
public sealed class ProvingByMailInABrowser(Stage stage)
{
    [ChromiumFact]
    public async Task Without_script_a_mailed_code_stands_for_the_check_of_the_browser()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Document = TestDocument.Json, Settings = new() { ["Captcha:AfterFailures"] = "1" } });
        await using var tab = await stage.OpenTabAsync(script: false, width: 320);
        await tab.OpenAsync(host, "/account");
        await tab.SignInAsync("ada", "wrong");
        await tab.PressAsync("Mail me a code");
        await Assertions.Expect(tab.Page.GetByText("a code is on its way")).ToBeVisibleAsync();
        await tab.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(House.Checkout.Root, "artifacts", "screenshots", "login-mailcode-320.png"), FullPage = true });
        await tab.FillAndSubmitAsync("Sign in", ("password", TestDocument.Password), ("mailcode", (await host.MailAsync("ada@example.test")).Code()));
        await tab.Page.ArriveAsync("**/account");
        Assert.Empty(tab.Faults);
    }
}
