using System.Net;
using System.Text.Json;
using IdentityProvider.Consents;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.PersonalData;

public sealed class LeavingWithOnesData : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_person_has_a_copy_of_everything_held_and_no_secret_is_in_it()
    {
        using var browser = new Browser(host);
        await new RelyingParty(host).TokensAsync(browser, "openid profile offline_access", "grace");
        await browser.OpenAccountAsync("/account/data", "grace");
        var page = await browser.SubmitAsync("Download the copy");
        Assert.Equal("attachment; filename=\"your-data.json\"", page.Response.Content.Headers.ContentDisposition!.ToString());
        var text = await page.Response.Content.ReadAsStringAsync();
        var data = JsonDocument.Parse(text).RootElement;
        Assert.Equal("grace@example.test", data.GetProperty("users")[0].GetProperty("email").GetString());
        Assert.Equal("pwd", data.GetProperty("sessions")[0].GetProperty("factors")[0].GetProperty("method").GetString());
        Assert.Contains("profile", data.GetProperty("consents")[0].GetProperty("scopes").ToString(), StringComparison.Ordinal);
        Assert.Equal(1, data.GetProperty("grants").GetArrayLength());
        foreach (var secret in new[] { "argon2", "hash", "stamp", "ada@example.test" })
            Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_copy_and_the_end_want_a_fresh_sign_in()
    {
        using var browser = new Browser(host);
        await browser.OpenAccountAsync("/account/data", "grace");
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("/login", (await browser.SubmitAsync("Download the copy")).Url.AbsolutePath);
        Assert.Equal("/login", (await browser.OpenAsync("/account/data/delete")).Url.AbsolutePath);
        Assert.Equal("/account/data/delete", (await browser.OpenAccountAsync("/account/data/delete", "grace")).Url.AbsolutePath);
    }

    [Fact]
    public async Task A_closed_account_is_signed_out_everywhere_and_comes_back_by_signing_in()
    {
        using var browser = new Browser(host);
        using var elsewhere = new Browser(host);
        var client = new RelyingParty(host);
        var tokens = await client.TokensAsync(elsewhere, "openid offline_access", "grace");
        await CloseAsync(browser, "grace");

        Assert.Equal("invalid_grant", (await client.RefreshAsync(tokens["refresh_token"]!)).Error);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);
        Assert.Equal("login_required", (await elsewhere.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));

        var page = await client.SignInAsync(elsewhere, "openid", "grace");
        Assert.Equal("/closed-account", page.Url.AbsolutePath);
        Assert.Equal("interaction_required", (await elsewhere.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
        await client.SignInAsync(elsewhere, "openid", "grace");
        page = await elsewhere.SubmitAsync("Keep my account");
        if (page.Url.AbsolutePath == "/consent")
            page = await elsewhere.SubmitAsync("Allow");
        Assert.NotEmpty(page.Query("code"));

        clock.Advance(TimeSpan.FromDays(15));
        await PruneAsync();
        Assert.True(await host.InStoreAsync(db => db.Set<User>().AnyAsync(u => u.UserName == "grace")));
    }

    [Fact]
    public async Task After_the_grace_the_person_and_all_that_was_held_is_gone()
    {
        using var browser = new Browser(host);
        await new RelyingParty(host).TokensAsync(browser, "openid profile offline_access", "grace");
        var id = await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "grace").Select(u => u.Id).SingleAsync());
        await CloseAsync(browser, "grace");
        clock.Advance(TimeSpan.FromDays(14) - TimeSpan.FromMinutes(1));
        await PruneAsync();
        Assert.True(await host.InStoreAsync(db => db.Set<User>().AnyAsync(u => u.Id == id)));

        clock.Advance(TimeSpan.FromMinutes(2));
        await PruneAsync();
        Assert.False(await host.InStoreAsync(db => db.Set<User>().AnyAsync(u => u.Id == id)));
        Assert.False(await host.InStoreAsync(db => db.Set<Session>().AnyAsync(s => s.UserId == id)));
        Assert.False(await host.InStoreAsync(db => db.Set<Consent>().AnyAsync(c => c.UserId == id)));
        Assert.False(await host.InStoreAsync(db => db.Set<IdentityProvider.Clients.Grant>().AnyAsync(g => g.UserId == id)));
    }

    [Fact]
    public async Task The_name_has_to_be_typed_and_the_last_administrator_stays()
    {
        using var browser = new Browser(host);
        await browser.OpenAccountAsync("/account/data/delete", "grace");
        Assert.Contains("Enter grace to confirm", (await browser.SubmitAsync("Delete my account", ("confirmation", "greta"))).Text, StringComparison.Ordinal);

        using var admin = new Browser(host);
        await admin.OpenAccountAsync("/account/data/delete");
        Assert.Contains("last administrator", (await admin.SubmitAsync("Delete my account", ("confirmation", "ADA"))).Text, StringComparison.Ordinal);
        Assert.Equal("/account", (await admin.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task The_mailed_link_takes_it_back_once_and_only_by_the_button()
    {
        using var browser = new Browser(host);
        await CloseAsync(browser, "grace");
        var mail = await host.MailAsync("grace@example.test");
        Assert.Contains("closed", mail.Subject, StringComparison.Ordinal);

        using var anywhere = new Browser(host);
        await anywhere.OpenAsync(mail.Link());
        Assert.Equal(1, await host.InStoreAsync(db => db.Set<IdentityProvider.PersonalData.Deletion>().CountAsync()));
        Assert.Equal("Your account stays", (await anywhere.SubmitAsync("Keep my account")).Heading);
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<IdentityProvider.PersonalData.Deletion>().CountAsync()));
        await anywhere.OpenAsync(mail.Link());
        Assert.Contains("used before", (await anywhere.SubmitAsync("Keep my account")).Text, StringComparison.Ordinal);
        Assert.Equal("/account", (await browser.OpenAccountAsync("/account", "grace")).Url.AbsolutePath);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_link_that_is_none_says_what_to_do(string token)
    {
        using var browser = new Browser(host);
        await browser.OpenAsync($"/keep-account?token={token}");
        var page = await browser.SubmitAsync("Keep my account");
        Assert.Contains("used before, or it is too late", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_people_may_not_delete_the_page_is_not_there()
    {
        await using var strict = await IdpHost.StartAsync(new IdpSetup { Settings = { ["PersonalData:DeletionAllowed"] = "false" } });
        using var browser = new Browser(strict);
        Assert.DoesNotContain("Delete your account", (await browser.OpenAccountAsync("/account/data", "grace")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.OpenAsync("/account/data/delete")).Status);
    }

    private static async Task CloseAsync(Browser browser, string name)
    {
        await browser.OpenAccountAsync("/account/data/delete", name);
        Assert.Equal("/account-closed", (await browser.SubmitAsync("Delete my account", ("confirmation", name))).Url.AbsolutePath);
    }

    private Task PruneAsync() => host.Services.GetServices<IHostedService>().OfType<PruningJob>().Single().RunOnceAsync(CancellationToken.None);
}
