using IdentityProvider.Tests.Registration;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;

namespace IdentityProvider.Tests.Pages;

/// <summary>What comes by mail, in a real browser, with and without script.</summary>
[Collection(PagesCollection.Name)]
public sealed class UsingMailedLinks(Stage stage)
{
    private const string Ada = "ada@example.test", New = "countess@example.test";

    [ChromiumTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_person_signs_in_changes_the_address_and_takes_the_change_back(bool script)
    {
        await using var host = await StartAsync();
        await using var tab = await stage.OpenTabAsync(script, width: script ? 1280 : 320);
        await tab.OpenAsync(host, new RelyingParty(host, "trusted", stage.Client.Callback).AuthorizeUrl());
        await tab.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Mail me a code" }).ClickAsync();
        await tab.Page.Locator("#email").WaitForAsync();
        if (script)
            Assert.Empty(await PageRules.AxeAsync(tab.Page));
        await tab.FillAndSubmitAsync("Send the mail", ("email", Ada));
        await tab.Page.Locator("#code").WaitForAsync();
        if (script)
            Assert.Empty(await PageRules.AxeAsync(tab.Page));
        await tab.OpenAsync(host, (await host.MailAsync(Ada)).Link());
        await tab.PressAsync("Sign in");
        await tab.Page.ArriveAsync(url => url.StartsWith(stage.Client.Callback, StringComparison.Ordinal));

        await tab.OpenAsync(host, "/account/email");
        await tab.FillAndSubmitAsync("Send the mail", ("email", New));
        await tab.Page.ArriveAsync("**/verify");
        await tab.FillAndSubmitAsync("Confirm", ("code", (await host.MailAsync(New)).Code()));
        await tab.Page.ArriveAsync("**/account?*");
        Assert.NotNull(await host.UserAsync(New));

        // The mail to the old address, read on another device: the link takes the change back and signs everybody out.
        await using var other = await stage.OpenTabAsync(script);
        await other.OpenAsync(host, (await host.MailAsync(Ada)).Link());
        await other.PressAsync("Undo the change");
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("Your old address is back");
        Assert.NotNull(await host.UserAsync(Ada));
        Assert.Empty(tab.Faults.Concat(other.Faults));
    }

    [ChromiumTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Link_and_code_sign_in_on_another_device(bool script)
    {
        await using var host = await StartAsync();
        using var desk = new Browser(host);
        await desk.OpenAsync($"/login/mail?ticket={(await desk.OpenAsync("/account")).Query("ticket")}");
        await desk.SubmitAsync("Send the mail", ("email", Ada));
        var mail = await host.MailAsync(Ada);
        await using var tab = await stage.OpenTabAsync(script, width: 320);
        await tab.OpenAsync(host, mail.Link());
        await tab.FillAndSubmitAsync("Sign in", ("code", "1234"));
        await Assertions.Expect(tab.Page.Locator("#code-error")).ToContainTextAsync("does not work");
        if (script)
            Assert.Empty(await PageRules.AxeAsync(tab.Page));
        await tab.FillAndSubmitAsync("Sign in", ("code", mail.Code()));
        await tab.Page.ArriveAsync("**/account");
        Assert.Empty(tab.Faults);
    }

    [ChromiumTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_person_leaves_and_comes_back_by_the_mailed_link(bool script)
    {
        await using var host = await StartAsync();
        await using var tab = await stage.OpenTabAsync(script, width: script ? 1280 : 320);
        await tab.OpenAsync(host, "/account/data/delete");
        await tab.SignInAsync();
        await tab.Page.Locator("#confirmation").WaitForAsync();
        await tab.FillAndSubmitAsync("Delete my account", ("confirmation", "ada"));
        await tab.Page.ArriveAsync("**/account-closed");

        await using var other = await stage.OpenTabAsync(script);
        await other.OpenAsync(host, (await host.MailAsync(Ada)).Link());
        await other.PressAsync("Keep my account");
        await Assertions.Expect(other.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Level = 1 })).ToHaveTextAsync("Your account stays");
        await tab.OpenAsync(host, "/account");
        await tab.SignInAsync();
        await tab.Page.ArriveAsync("**/account");
        Assert.Empty(tab.Faults.Concat(other.Faults));
    }

    private async Task<IdpHost> StartAsync()
    {
        var host = await IdpHost.StartAsync(RegistrationBench.Setup(null, ("EmailSignIn:Mode", "All")) with { Document = StageDocument.Json(stage.Client) });
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, true)));
        return host;
    }
}
