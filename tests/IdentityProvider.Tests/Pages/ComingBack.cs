using IdentityProvider.Tests.Testing;
using Microsoft.Playwright;
using Xunit;

namespace IdentityProvider.Tests.Pages;

/// <summary>A forgotten password in a real browser.</summary>
[Collection(PagesCollection.Name)]
public sealed class ComingBack(Stage stage)
{
    [ChromiumTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_the_mailed_link_back_to_the_shop(bool script)
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Document = StageDocument.Json(stage.Client) });
        await using var tab = await stage.OpenTabAsync(script);
        await tab.OpenAsync(host, new RelyingParty(host, "trusted", stage.Client.Callback).AuthorizeUrl());
        await tab.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Forgot your password?" }).ClickAsync();
        await tab.FillAndSubmitAsync("Send the mail", ("email", "ada@example.test"));
        await Assertions.Expect(tab.Page.Locator("[data-countdown]")).ToContainTextAsync(script ? new System.Text.RegularExpressions.Regex("another mail in [0-9]+ s") : new System.Text.RegularExpressions.Regex("after a minute"));
        await tab.OpenAsync(host, (await host.MailAsync("ada@example.test")).Link());
        await tab.FillAndSubmitAsync("Save the password", ("password", "a quite different one"));
        await tab.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Sign in", Exact = true }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator("#username")).ToHaveValueAsync("ada@example.test");
        await tab.FillAndSubmitAsync("Sign in", ("password", "a quite different one"));
        await tab.Page.ArriveAsync(url => url.StartsWith(stage.Client.Callback, StringComparison.Ordinal));
        Assert.Empty(tab.Faults);
    }
}
