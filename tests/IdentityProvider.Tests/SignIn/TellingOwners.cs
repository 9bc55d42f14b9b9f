using IdentityProvider.Email;
using IdentityProvider.Platform.Http;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using MimeKit;
using Xunit;

namespace IdentityProvider.Tests.SignIn;

public sealed class TellingOwners
{
    private const string Ada = "ada@example.test";

    [Fact]
    public async Task A_sign_in_from_a_new_browser_is_told_once_and_to_a_proven_address_only()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        Assert.Equal("New sign-in to your IdentityProvider account", (await host.MailAsync(Ada)).Subject);
        await browser.OpenAsync(new RelyingParty(host).AuthorizeUrl("openid", ("prompt", "login")));
        await browser.SubmitAsync("Continue", ("password", TestDocument.Password));
        Assert.Single(await host.MailsAsync(Ada));

        using var other = new Browser(host);
        await other.OpenAccountAsync(username: "grace");
        Assert.Empty(await host.MailsAsync("grace@example.test"));
    }

    [Fact]
    public async Task A_lock_is_told_after_the_answer()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAsync("/account");
        for (var i = 0; i < 5; i++)
            await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", "wrong"));
        Assert.Equal("Many wrong passwords for your IdentityProvider account", (await ArrivalAsync(host)).Subject);
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari on macOS")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140 Mobile Safari/604.1", "Chrome on iPhone")]
    [InlineData("curl/8", "curl")]
    [InlineData(null, "Unknown browser")]
    public void A_browser_has_a_name_people_know(string? header, string name) => Assert.Equal(name, BrowserName.Of(header));

    /// <summary>The mail is written when the answer is out, so it may not be there yet.</summary>
    private static async Task<MimeMessage> ArrivalAsync(IdpHost host)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            if (await host.MailsAsync(Ada) is [var mail, ..])
                return mail;
            await host.InStoreAsync(db => db.Set<Mail>().CountAsync());
        }
    }
}
