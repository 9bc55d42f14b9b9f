using IdentityProvider.Passkeys;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages of passkeys, with an authenticator that the browser pretends to have.</summary>
internal static class PasskeyPages
{
    /// <summary>An authenticator inside the device, of which the person is verified at once, as the DevTools protocol offers it.</summary>
    public static async Task<VirtualAuthenticator> AuthenticatorAsync(this Tab tab)
    {
        await tab.StartAsync();
        return await VirtualAuthenticator.AttachAsync(tab);
    }

    public static async Task PasskeyAsync(Stage stage, Tab tab)
    {
        var page = await tab.OpenAsync(stage.Host, stage.Shop().AuthorizeUrl());
        await tab.OpenAsync(stage.Host, "/passkey" + new Uri(page.Url).Query);
    }

    public static async Task PasskeyFailedAsync(Stage stage, Tab tab)
    {
        await PasskeyAsync(stage, tab);

        // As a form: the button's script would wait for an authenticator.
        await tab.Page.EvaluateAsync("const form = document.querySelector('form[data-passkey]'); form.elements.credential.value = '{}'; form.submit();");
        await tab.Page.GetByText("could not be checked").WaitForAsync();
    }

    /// <summary>The list with one passkey, and from there on.</summary>
    public static async Task PasskeysAsync(Stage stage, Tab tab, string? link)
    {
        await WithoutPasskeyAsync(stage);
        await tab.AuthenticatorAsync();
        await tab.Context.AddCookiesAsync(await stage.SignedInAsync("keys"));
        await tab.OpenAsync(stage.Host, "/account/passkeys/add");
        await tab.PressAsync("Create a passkey");
        await tab.Page.ArriveAsync("**/account/passkeys?done=added");
        if (link is not null)
            await tab.Page.GetByText(link).First.ClickAsync();
    }

    public static async Task PasskeyNamelessAsync(Stage stage, Tab tab)
    {
        await PasskeysAsync(stage, tab, "Rename or remove");
        await tab.FillAndSubmitAsync("Save the name", ("name", ""));
    }

    public static async Task PasskeyOfferAsync(Stage stage, Tab tab)
    {
        await tab.Context.AddCookiesAsync(await stage.SignedInAsync("zoe"));
        await Roads.AuthorizeAsync(stage, tab, ("prompt", "consent"));
        await tab.OpenAsync(stage.Host, "/passkey/new" + new Uri(tab.Page.Url).Query);
    }

    /// <summary>Asked after the password, with nothing that could answer.</summary>
    public static async Task PasskeyFactorAsync(Stage stage, Tab tab)
    {
        await WithoutPasskeyAsync(stage);
        await stage.Host.InStoreAsync(async db =>
        {
            var user = await db.Set<User>().Where(u => u.UserName == "keys").Select(u => u.Id).SingleAsync();
            db.Add(new Passkey { UserId = user, CredentialId = [1, 2, 3], PublicKey = [1], UserVerified = true, Name = "My laptop", CreatedAt = DateTimeOffset.UnixEpoch.AddYears(56) });
            return await db.SaveChangesAsync();
        });
        await Roads.AuthorizeAsync(stage, tab);
        await tab.SignInAsync("keys");
        await tab.Page.ArriveAsync("**/mfa/passkey?*");
    }

    public static async Task PasskeyFactorFailedAsync(Stage stage, Tab tab)
    {
        await PasskeyFactorAsync(stage, tab);
        await tab.Page.EvaluateAsync("const form = document.querySelector('form[data-passkey]'); form.elements.credential.value = '{}'; form.submit();");
        await tab.Page.GetByText("could not be checked").WaitForAsync();
    }

    private static Task<int> WithoutPasskeyAsync(Stage stage) => stage.Host.InStoreAsync(db =>
        db.Set<Passkey>().Where(p => db.Set<User>().Any(u => u.Id == p.UserId && u.UserName == "keys")).ExecuteDeleteAsync());
}
