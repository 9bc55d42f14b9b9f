using System.Net;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Mfa;

/// <summary>Mailed codes: weaker, off unless a deployment wants them, and never for administrators.</summary>
public sealed class UsingEmailCodes
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_mailed_code_stands_in_for_the_app_once_and_tokens_say_how()
    {
        await using var host = await StartAsync();
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await client.SignInAsync(browser, "openid", "otp");
        var page = await FollowAsync(browser);
        Assert.Contains("o…@example.test", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("otp@example.test", page.Text, StringComparison.Ordinal);
        Assert.Empty(await CodesAsync(host));
        await browser.SubmitAsync("Mail me a code");
        var code = (await CodesAsync(host)).Single();
        page = await browser.SubmitAsync("Continue", ("code", $" {code[..4]}-{code[4..]} "));
        var id = RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!);
        Assert.Equal("urn:identityprovider:acr:mfa", id.GetProperty("acr").GetString());
        Assert.Equal(["pwd", "mca", "mfa"], id.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));

        using var thief = new Browser(host);
        await thief.OpenAccountAsync("/account", "otp");
        await FollowAsync(thief);
        await thief.SubmitAsync("Mail me a code");
        Assert.Contains("does not work", (await thief.SubmitAsync("Continue", ("code", code))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_good_in_the_browser_that_asked_for_ten_minutes_and_five_tries_counted_apart()
    {
        await using var host = await StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAccountAsync("/account", "otp");
        await FollowAsync(browser);
        await browser.SubmitAsync("Mail me a code");
        var code = (await CodesAsync(host)).Single();

        using var thief = new Browser(host);
        await thief.OpenAccountAsync("/account", "otp");
        await FollowAsync(thief);
        await thief.SubmitAsync("Mail me a code");
        Assert.Contains("does not work", (await thief.SubmitAsync("Continue", ("code", code))).Text, StringComparison.Ordinal);
        for (var i = 0; i < 4; i++)
            await thief.SubmitAsync("Continue", ("code", "0000 0000"));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await thief.SubmitAsync("Continue", ("code", code))).Status);
        Assert.Contains(await host.MailsAsync("otp@example.test"), mail => mail.Subject!.Contains("guessing", StringComparison.Ordinal));

        clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Contains("does not work", (await browser.SubmitAsync("Continue", ("code", code))).Text, StringComparison.Ordinal);
        await browser.SubmitAsync("Send another mail");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await browser.SubmitAsync("Send another mail")).Status);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("administrator")]
    [InlineData("unproven")]
    public async Task It_is_not_offered_and_does_not_open_where_it_is_forbidden(string why)
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = new() { ["Mfa:EmailCodes"] = why == "off" ? "false" : "true", ["Mfa:RequiredForRoles:0"] = "admin" } });
        await host.InStoreAsync(async db =>
        {
            var user = await db.Set<User>().SingleAsync(u => u.UserName == "otp");
            user.EmailConfirmed = why != "unproven";
            if (why == "administrator")
                db.Add(new UserRole { UserId = user.Id, RoleId = await db.Set<Role>().Where(r => r.Name == "admin").Select(r => r.Id).SingleAsync() });
            return await db.SaveChangesAsync();
        });
        using var browser = new Browser(host);
        var page = await browser.OpenAccountAsync("/account", "otp");
        Assert.Equal("/mfa", page.Url.AbsolutePath);
        Assert.DoesNotContain(page.Document.QuerySelectorAll("a"), a => a.TextContent.Trim() == "Mail me a code");
        var token = page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        page = await browser.PostAsync(host[$"/mfa/email-code?handler=Send&ticket={page.Query("ticket")}"], [KeyValuePair.Create("__RequestVerificationToken", token)]);
        Assert.Equal("/mfa", page.Url.AbsolutePath);
        Assert.Empty(await CodesAsync(host));
    }

    [Fact]
    public async Task Who_signed_in_by_mail_does_not_give_the_mailbox_twice()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = new() { ["Mfa:EmailCodes"] = "true", ["EmailSignIn:Mode"] = "All" } });
        await ProveAsync(host);
        using var browser = new Browser(host);
        await browser.OpenAsync("/account");
        await browser.OpenAsync(browser.Page.Document.QuerySelectorAll("a").Single(a => a.TextContent.Trim() == "Mail me a code").GetAttribute("href")!);
        await browser.SubmitAsync("Send the mail", ("email", "otp@example.test"));
        var code = (await host.MailsAsync("otp@example.test")).Single(mail => mail.Subject!.Contains("code to sign in", StringComparison.Ordinal)).Code();
        Assert.Equal("/mfa", (await browser.SubmitAsync("Sign in", ("code", code))).Url.AbsolutePath);
        var page = await FollowAsync(browser);
        Assert.Contains("proves nothing more", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Document.QuerySelectorAll("button"), b => b.TextContent.Trim() == "Mail me a code");
    }

    private async Task<IdpHost> StartAsync()
    {
        var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = new() { ["Mfa:EmailCodes"] = "true" } });
        await ProveAsync(host);
        return host;
    }

    private static Task<int> ProveAsync(IdpHost host) =>
        host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "otp").ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, true)));

    /// <summary>Those that were mailed as second factors.</summary>
    private static async Task<IReadOnlyList<string>> CodesAsync(IdpHost host) =>
        [.. (await host.MailsAsync("otp@example.test")).Where(mail => mail.Subject!.Contains("to confirm it is you", StringComparison.Ordinal)).Select(mail => mail.Code())];

    private static Task<BrowserPage> FollowAsync(Browser browser) =>
        browser.OpenAsync(browser.Page.Document.QuerySelectorAll("a").Single(a => a.TextContent.Trim() == "Mail me a code").GetAttribute("href")!);
}
