using IdentityProvider.Tests.Testing;
using Microsoft.Playwright;
using Xunit;

namespace IdentityProvider.Tests.Pages;

/// <summary>The proof of work as people meet it: the browser does it while they type.</summary>
[Collection(PagesCollection.Name)]
public sealed class SolvingProofs(Stage stage)
{
    [ChromiumFact]
    public async Task The_browser_solves_the_proof_and_a_form_sent_too_early_waits_for_it()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup
        {
            Document = StageDocument.Json(stage.Client),
            Settings = new() { ["Captcha:AfterFailures"] = "1", ["Captcha:Difficulty"] = "60000" },
        });
        await using var tab = await stage.OpenTabAsync();
        await tab.OpenAsync(host, new RelyingParty(host, "web", stage.Client.Callback).AuthorizeUrl());
        await tab.SignInAsync("ada", "wrong");
        await Assertions.Expect(tab.Page.Locator("[data-proof]")).ToHaveCountAsync(1);

        // At once, before any proof can be there.
        await tab.SignInAsync();
        await tab.Page.ArriveAsync("**/consent?*");
        Assert.Empty(tab.Faults);
    }
}
