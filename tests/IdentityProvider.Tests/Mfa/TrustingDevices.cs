using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Mfa;

/// <summary>"Do not ask on this device": convenience at the password, never an answer to who asks for more.</summary>
public sealed class TrustingDevices : IAsyncLifetime
{
    private const string MultiFactor = "urn:identityprovider:acr:mfa";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = new() { ["Sessions:TrustDevicesForDays"] = "30" } });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task It_is_off_unless_a_deployment_wants_it()
    {
        await using var plain = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        using var browser = new Browser(plain);
        Assert.Null((await browser.OpenAccountAsync("/account", "otp")).Document.QuerySelector("#trust"));
        await browser.SubmitAsync("Continue", ("code", Code()), ("trust", "true"));
        SignOut(browser, plain);
        Assert.Equal("/mfa", (await browser.OpenAccountAsync("/account", "otp")).Url.AbsolutePath);
    }

    [Fact]
    public async Task The_password_is_enough_there_for_as_long_as_was_said_and_tokens_say_so()
    {
        using var browser = new Browser(host);
        await TrustAsync(browser);
        var client = new RelyingParty(host, "trusted");
        var page = await client.SignInAsync(browser, "openid", "otp");
        var id = RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!);
        Assert.Equal("urn:identityprovider:acr:pwd", id.GetProperty("acr").GetString());
        Assert.Equal(["pwd"], id.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));

        using var elsewhere = new Browser(host);
        Assert.Equal("/mfa", (await elsewhere.OpenAccountAsync("/account", "otp")).Url.AbsolutePath);
        SignOut(browser, host);
        Assert.Equal("/account", (await browser.OpenAccountAsync("/account", "otp")).Url.AbsolutePath);
        SignOut(browser, host);
        clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal("/mfa", (await browser.OpenAccountAsync("/account", "otp")).Url.AbsolutePath);
    }

    [Fact]
    public async Task It_answers_nobody_who_asks_for_more_or_for_a_fresh_sign_in()
    {
        using var browser = new Browser(host);
        await TrustAsync(browser);
        var client = new RelyingParty(host, "trusted");
        await client.SignInAsync(browser, "openid", "otp");
        Assert.Equal("/mfa", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("acr_values", MultiFactor)))).Url.AbsolutePath);
        Assert.Equal("/mfa", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("max_age", "3600")))).Url.AbsolutePath);
        clock.Advance(TimeSpan.FromMinutes(6));
        await browser.OpenAsync("/account/authenticators/add");
        var page = await browser.SubmitAsync("Continue", ("password", TestDocument.Password));
        Assert.Equal("/mfa", page.Url.AbsolutePath);
        Assert.Equal("/account/authenticators/add", (await browser.SubmitAsync("Continue", ("code", Code()))).Url.AbsolutePath);
    }

    [Fact]
    public async Task It_does_not_spare_an_administrator_whose_device_was_trusted_before_they_became_one()
    {
        using var browser = new Browser(host);
        await TrustAsync(browser);
        var client = new RelyingParty(host, "trusted");
        Assert.NotEmpty((await client.SignInAsync(browser, "openid", "otp")).Query("code"));
        await host.InStoreAsync(async db =>
        {
            var otp = await db.Set<User>().SingleAsync(u => u.UserName == "otp");
            var role = new Role { Name = "keeper", Permissions = ["vaults:open:all"] };
            db.Add(role);
            db.Add(new UserRole { UserId = otp.Id, RoleId = role.Id });
            return await db.SaveChangesAsync();
        });
        Assert.Equal("/mfa", (await browser.OpenAsync(client.AuthorizeUrl())).Url.AbsolutePath);
        SignOut(browser, host);
        var page = await browser.OpenAccountAsync("/account", "otp");
        Assert.Equal("/mfa", page.Url.AbsolutePath);
        Assert.Null(page.Document.QuerySelector("#trust"));

        clock.Advance(TimeSpan.FromSeconds(30));
        var trusted = await host.InStoreAsync(db => db.Set<TrustedDevice>().CountAsync());
        Assert.Equal("/account", (await browser.SubmitAsync("Continue", ("code", Code()), ("trust", "true"))).Url.AbsolutePath);
        Assert.Equal(trusted, await host.InStoreAsync(db => db.Set<TrustedDevice>().CountAsync()));
    }

    [Fact]
    public async Task Another_person_in_the_same_browser_is_asked_and_a_cookie_of_another_browser_is_worth_nothing_twice()
    {
        using var browser = new Browser(host);
        await TrustAsync(browser);
        var first = browser.Cookies.GetCookies(host.Issuer)["trusted"]!.Value;
        await host.InStoreAsync(db => db.Set<TrustedDevice>().ExecuteUpdateAsync(set => set.SetProperty(d => d.UserId, db.Set<User>().Single(u => u.UserName == "grace").Id)));
        Assert.Equal("/mfa", (await browser.OpenAccountAsync("/account", "otp")).Url.AbsolutePath);
        clock.Advance(TimeSpan.FromSeconds(30));
        await browser.SubmitAsync("Continue", ("code", Code()), ("trust", "true"));
        Assert.NotEqual(first, browser.Cookies.GetCookies(host.Issuer)["trusted"]!.Value);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("factor")]
    [InlineData("everywhere")]
    [InlineData("one")]
    public async Task It_ends_with_the_password_a_factor_and_by_hand(string how)
    {
        using var browser = new Browser(host);
        await TrustAsync(browser, keep: true);
        Assert.Contains("Devices you trust", (await browser.OpenAsync("/account/sessions")).Text, StringComparison.Ordinal);
        switch (how)
        {
            case "password":
                await browser.OpenAsync("/account/password");
                await browser.SubmitAsync("Save the password", ("password", "another horse battery staple"));
                break;
            case "factor":
                var page = await browser.OpenAsync("/account/authenticators/add");
                var secret = page.Document.QuerySelector("[data-copy] code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
                await browser.SubmitAsync("Finish", ("code", new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(clock.GetUtcNow().UtcDateTime)));
                break;
            case "everywhere":
                using (var other = new Browser(host))
                {
                    clock.Advance(TimeSpan.FromSeconds(30));
                    await other.OpenAccountAsync("/account", "otp");
                    await other.SubmitAsync("Continue", ("code", Code()));
                    await other.OpenAsync("/account/sessions");
                    await other.SubmitAsync("Sign out everywhere else");
                }

                break;
            default:
                Assert.Contains("asked for your second step again", (await browser.SubmitAsync("Ask again")).Text, StringComparison.Ordinal);
                break;
        }

        Assert.False(await host.InStoreAsync(db => db.Set<TrustedDevice>().AnyAsync()));
    }

    [Fact]
    public async Task Nobody_takes_back_the_trust_of_another()
    {
        using var browser = new Browser(host);
        await TrustAsync(browser);
        var id = await host.InStoreAsync(db => db.Set<TrustedDevice>().Select(d => d.Id).SingleAsync());
        using var grace = new Browser(host);
        var page = await grace.OpenAccountAsync("/account", "grace");
        var token = page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await grace.PostAsync(host["/account/sessions?handler=Forget"], [new("__RequestVerificationToken", token), new("device", id.ToString())]);
        Assert.True(await host.InStoreAsync(db => db.Set<TrustedDevice>().AnyAsync(d => d.Id == id)));
    }

    /// <summary>Signs in with the app, trusts the browser, and signs out of it unless the session is to be kept.</summary>
    private async Task TrustAsync(Browser browser, bool keep = false)
    {
        var page = await browser.OpenAccountAsync("/account", "otp");
        Assert.Contains("Do not ask on this device for 30 days", page.Text, StringComparison.Ordinal);
        await browser.SubmitAsync("Continue", ("code", Code()), ("trust", "true"));
        if (!keep)
            SignOut(browser, host);
        clock.Advance(TimeSpan.FromSeconds(30));
    }

    private static void SignOut(Browser browser, IdpHost host)
    {
        foreach (var cookie in browser.Cookies.GetCookies(host.Issuer).Where(c => c.Name == "session"))
            cookie.Expired = true;
    }

    private string Code() => new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(clock.GetUtcNow().UtcDateTime);
}
