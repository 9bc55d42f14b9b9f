using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Pages;

/// <summary>From an app to a new account and back, with and without script.</summary>
[Collection(PagesCollection.Name)]
public sealed class RegisteringInABrowser(Stage stage)
{
    [ChromiumTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_person_registers_and_comes_back_to_the_app(bool script)
    {
        await using var tab = await stage.OpenTabAsync(script);
        var email = await RegistrationRoads.VerifyAsync(stage, tab);
        var mail = await stage.Host.MailAsync(email);
        if (script)
        {
            await tab.OpenAsync(stage.Host, mail.Link());
            await tab.PressAsync("Confirm");
        }
        else
        {
            await tab.FillAndSubmitAsync("Confirm", ("code", mail.Code()));
        }

        await tab.Page.ArriveAsync("**/consent?*");
        await tab.PressAsync("Allow");
        await tab.Page.ArriveAsync($"{stage.Client.Callback}*");
        Assert.Empty(tab.Faults);
    }
}
