using IdentityProvider.Registration;
using IdentityProvider.Tests.Registration;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages of registration and of the proof of an address.</summary>
internal static class RegistrationRoads
{
    public static async Task RegisterAsync(Stage stage, Tab tab)
    {
        await Roads.AuthorizeAsync(stage, tab, ("prompt", "create"));
        await tab.Page.ArriveAsync("**/register?*");
    }

    public static async Task RegisterAsync(Stage stage, Tab tab, string email, string password)
    {
        await RegisterAsync(stage, tab);
        await tab.FillAndSubmitAsync("Create account", ("name", "New Person"), ("email", email), ("password", password));
    }

    public static async Task<string> VerifyAsync(Stage stage, Tab tab)
    {
        var email = $"{Guid.CreateVersion7():N}@example.test";
        await RegisterAsync(stage, tab, email, RegistrationBench.Password);
        await tab.Page.ArriveAsync("**/verify?*");
        return email;
    }

    public static async Task WrongCodeOfMailAsync(Stage stage, Tab tab)
    {
        await VerifyAsync(stage, tab);
        await tab.FillAndSubmitAsync("Confirm", ("code", "1234"));
    }

    public static async Task LinkAsync(Stage stage, Tab tab, bool elsewhere = false)
    {
        var email = await VerifyAsync(stage, tab);
        if (elsewhere)
            await tab.Context.ClearCookiesAsync();
        await tab.OpenAsync(stage.Host, (await stage.Host.MailAsync(email)).Link());
    }

    public static async Task WrongElsewhereAsync(Stage stage, Tab tab)
    {
        await LinkAsync(stage, tab, elsewhere: true);
        await tab.FillAndSubmitAsync("Confirm", ("code", "1234 5678"), ("password", RegistrationBench.Password));
    }

    public static async Task UnprovenAsync(Stage stage, Tab tab)
    {
        var email = await VerifyAsync(stage, tab);
        await tab.Context.ClearCookiesAsync();
        await Roads.LoginAsync(stage, tab, email, RegistrationBench.Password);
        await tab.Page.ArriveAsync("**/verify?*");
    }

    public static async Task InvitationAsync(Stage stage, Tab tab)
    {
        var email = $"{Guid.CreateVersion7():N}@example.test";
        await using (var scope = stage.Host.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<Registrations>().InviteAsync(email, CancellationToken.None);
        await tab.OpenAsync(stage.Host, (await stage.Host.MailAsync(email)).Link());
    }

    /// <summary>Changes the address of a new account and opens the way back.</summary>
    public static async Task UndoAsync(Stage stage, Tab tab)
    {
        var email = await VerifyAsync(stage, tab);
        await tab.FillAndSubmitAsync("Confirm", ("code", (await stage.Host.MailAsync(email)).Code()));
        await tab.Page.ArriveAsync("**/consent?*");
        var other = $"{Guid.CreateVersion7():N}@example.test";
        await tab.OpenAsync(stage.Host, "/account/email");
        await tab.FillAndSubmitAsync("Send the mail", ("email", other));
        await tab.Page.ArriveAsync("**/verify");
        await tab.FillAndSubmitAsync("Confirm", ("code", (await stage.Host.MailAsync(other)).Code()));
        await tab.Page.ArriveAsync("**/account?*");
        await tab.OpenAsync(stage.Host, (await stage.Host.MailAsync(email)).Link());
    }
}
