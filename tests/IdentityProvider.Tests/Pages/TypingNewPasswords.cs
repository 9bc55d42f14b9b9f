using Microsoft.Playwright;
using Xunit;

namespace IdentityProvider.Tests.Pages;

/// <summary>A new password as it is typed.</summary>
[Collection(PagesCollection.Name)]
public sealed class TypingNewPasswords(Stage stage)
{
    [ChromiumFact]
    public async Task The_meter_says_in_words_how_strong_a_password_looks()
    {
        await using var tab = await stage.OpenTabAsync();
        await AccountRoads.AccountAsync(stage, tab, "/account/password");
        var words = tab.Page.Locator(".strength [role=status]");
        await Assertions.Expect(tab.Page.Locator("meter")).ToBeHiddenAsync();
        foreach (var (password, strength) in new[] { ("short", "Too short"), ("aaaaaaaaaaaa", "Weak"), ("abcdefghijkl", "Weak"), ("correct horse battery staple", "Strong"), ("x9!kQ2#vLm7z", "Good") })
        {
            await tab.Page.FillAsync("#password", password);
            await Assertions.Expect(words).ToHaveTextAsync(strength);
        }

        // The sign-in page does not carry the script.
        Assert.Empty(tab.Faults);
        await using var login = await stage.OpenTabAsync();
        await Roads.LoginAsync(stage, login);
        Assert.DoesNotContain(login.Requested, uri => uri.AbsolutePath.Contains("newpassword", StringComparison.Ordinal));
    }

    [ChromiumFact]
    public async Task A_password_is_changed_without_script()
    {
        await using var tab = await stage.OpenTabAsync(script: false);
        await AccountRoads.AccountAsync(stage, tab, "/account/password", "changer");
        await tab.FillAndSubmitAsync("Save the password", ("password", "monkey1"));
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Use at least 12 characters");
        await tab.FillAndSubmitAsync("Save the password", ("password", "a quite different one"));
        await Assertions.Expect(tab.Page.Locator(".notice")).ToContainTextAsync("Your password is changed");
    }
}
