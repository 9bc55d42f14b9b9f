using IdentityProvider.Tests.Testing;
using Microsoft.Playwright;
using Xunit;

namespace IdentityProvider.Tests.Pages;

/// <summary>Passkeys as people meet them: a real browser with a pretended authenticator.</summary>
[Collection(PagesCollection.Name)]
public sealed class UsingPasskeys(Stage stage)
{
    [ChromiumFact]
    public async Task A_passkey_is_made_and_then_chosen_among_the_names_the_browser_fills_in()
    {
        await using var host = await HostAsync();
        await using var tab = await stage.OpenTabAsync();
        var authenticator = await RegisterAsync(host, tab);
        await SignOutAsync(host, tab);

        // The pretended authenticator answers the conditional request as soon as the page makes it.
        await tab.OpenAsync(host, "/account/passkeys");
        await tab.Page.ArriveAsync("**/account/passkeys");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Passkeys", Level = 1 })).ToBeVisibleAsync();
        Assert.Single(await authenticator.CredentialsAsync());
        Assert.Empty(tab.Faults);
    }

    [ChromiumFact]
    public async Task The_button_signs_in_and_a_cancelled_try_leaves_everything_as_it_was()
    {
        await using var host = await HostAsync();
        await using var tab = await stage.OpenTabAsync();
        var authenticator = await RegisterAsync(host, tab);
        await SignOutAsync(host, tab);
        await tab.Page.AddInitScriptAsync("PublicKeyCredential.isConditionalMediationAvailable = async () => false");
        await authenticator.SetAsync(verified: false);
        await tab.OpenAsync(host, "/account/passkeys");
        await tab.PressAsync("Use a passkey");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" })).ToBeFocusedAsync();
        Assert.EndsWith("/login", new Uri(tab.Page.Url).AbsolutePath, StringComparison.Ordinal);

        await authenticator.SetAsync();
        await tab.PressAsync("Use a passkey");
        await tab.Page.ArriveAsync("**/account/passkeys");
        Assert.Empty(tab.Faults);
    }

    [ChromiumFact]
    public async Task A_device_that_has_a_passkey_already_says_so()
    {
        await using var host = await HostAsync();
        await using var tab = await stage.OpenTabAsync();
        await RegisterAsync(host, tab);
        await tab.OpenAsync(host, "/account/passkeys/add");
        await tab.PressAsync("Create a passkey");
        await tab.Page.GetByText("This device already has a passkey for your account.").WaitForAsync();
        Assert.Empty(tab.Faults);
    }

    [ChromiumFact]
    public async Task A_password_typed_while_passkeys_are_offered_goes_its_way()
    {
        await using var host = await HostAsync();
        await using var tab = await stage.OpenTabAsync();
        await tab.AuthenticatorAsync();
        await tab.OpenAsync(host, "/account/passkeys");
        await tab.SignInAsync();
        await tab.Page.ArriveAsync("**/account/passkeys");
        Assert.Empty(tab.Faults);
    }

    [ChromiumFact]
    public async Task Staying_signed_in_holds_for_the_passkey_too()
    {
        await using var host = await HostAsync();
        await using var tab = await stage.OpenTabAsync();
        await RegisterAsync(host, tab);
        await SignOutAsync(host, tab);
        await tab.Page.AddInitScriptAsync("PublicKeyCredential.isConditionalMediationAvailable = async () => false");
        await tab.OpenAsync(host, "/account/passkeys");
        await tab.Page.Locator("#staysignedin").CheckAsync();
        await tab.PressAsync("Use a passkey");
        await tab.Page.ArriveAsync("**/account/passkeys");
        Assert.True((await tab.Context.CookiesAsync()).Single(c => c.Name == "session").Expires > 0);
    }

    [ChromiumFact]
    public async Task After_a_password_the_passkey_is_asked_for_and_a_cancelled_try_lets_nobody_in()
    {
        await using var host = await HostAsync();
        await using var tab = await stage.OpenTabAsync();
        var authenticator = await RegisterAsync(host, tab);
        await SignOutAsync(host, tab);
        await tab.Page.AddInitScriptAsync("PublicKeyCredential.isConditionalMediationAvailable = async () => false");
        await tab.OpenAsync(host, "/account/passkeys");
        await tab.SignInAsync();
        await tab.Page.ArriveAsync("**/mfa/passkey?*");
        await authenticator.SetAsync(verified: false);
        await tab.PressAsync("Use your passkey");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Use your passkey" })).ToBeFocusedAsync();
        await tab.OpenAsync(host, "/account/passkeys");
        await tab.Page.ArriveAsync("**/mfa/passkey?*");

        await authenticator.SetAsync();
        await tab.PressAsync("Use your passkey");
        await tab.Page.ArriveAsync("**/account/passkeys");
        Assert.Empty(tab.Faults);
    }

    [ChromiumFact]
    public async Task A_clone_that_fell_behind_is_refused_and_the_original_goes_on()
    {
        await using var host = await HostAsync();
        await using var tab = await stage.OpenTabAsync();
        var original = await RegisterAsync(host, tab);
        var copied = (await original.CredentialsAsync()).Single();

        // The original is used often from then on. Once would not do: an attempt that the page gives up counts in the authenticator too.
        await original.RemoveAsync(copied);
        await original.AddAsync(copied, signCount: 50);
        await SignOutAsync(host, tab);
        await tab.OpenAsync(host, "/account/passkeys");
        await tab.Page.ArriveAsync("**/account/passkeys");

        await using var elsewhere = await stage.OpenTabAsync();
        var clone = await elsewhere.AuthenticatorAsync();
        await clone.AddAsync(copied, signCount: 0);
        await elsewhere.OpenAsync(host, "/account/passkeys");
        await elsewhere.Page.GetByText("could not be checked").WaitForAsync();
        Assert.EndsWith("/passkey", new Uri(elsewhere.Page.Url).AbsolutePath, StringComparison.Ordinal);

        await SignOutAsync(host, tab);
        await tab.OpenAsync(host, "/account/passkeys");
        await tab.Page.ArriveAsync("**/account/passkeys");
    }

    private Task<IdpHost> HostAsync() => IdpHost.StartAsync(new IdpSetup { Document = StageDocument.Json(stage.Client) });

    private static async Task<VirtualAuthenticator> RegisterAsync(IdpHost host, Tab tab)
    {
        var authenticator = await tab.AuthenticatorAsync();
        await tab.OpenAsync(host, "/account/passkeys/add");
        await tab.SignInAsync();
        await tab.Page.ArriveAsync("**/account/passkeys/add");
        await tab.PressAsync("Create a passkey");
        await tab.Page.ArriveAsync("**/account/passkeys?done=added");
        return authenticator;
    }

    private static async Task SignOutAsync(IdpHost host, Tab tab)
    {
        await tab.Context.ClearCookiesAsync();
        await tab.OpenAsync(host, "/signed-out");
    }
}
