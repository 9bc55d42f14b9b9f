using System.Net;
using IdentityProvider.Passkeys;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;
using RelyingParty = IdentityProvider.Tests.Testing.RelyingParty;

namespace IdentityProvider.Tests.Passkeys;

/// <summary>A passkey after a password: whoever has one has to show it.</summary>
public sealed class PasskeysAsSecondFactors : IAsyncLifetime
{
    private const string Phishing = "urn:identityprovider:acr:phr";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Who_has_nothing_but_a_passkey_has_to_show_it_after_the_password()
    {
        var authenticator = await EnrolAsync();
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var asked = await client.SignInAsync(browser, "openid", "ada");
        Assert.Equal("/mfa/passkey", asked.Url.AbsolutePath);
        Assert.Equal("/mfa/passkey", (await browser.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("interaction_required", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
        Assert.Equal(1, await host.InStoreAsync(db => db.Set<Session>().CountAsync(s => s.CompletedAt == null)));

        await browser.OpenAsync(asked.Url.PathAndQuery);
        var id = await IdTokenAsync(client, await browser.ShowPasskeyAsync(authenticator));
        Assert.Equal(Phishing, id.GetProperty("acr").GetString());
        Assert.Equal(["pwd", "hwk", "user", "mfa"], id.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));
    }

    [Fact]
    public async Task The_first_passkey_ends_the_sessions_that_a_password_alone_opened_and_the_second_does_not()
    {
        using var thief = new Browser(host);
        await thief.OpenAccountAsync();
        var authenticator = await EnrolAsync();
        Assert.Equal("/login", (await thief.OpenAsync("/account")).Url.AbsolutePath);

        using var desk = new Browser(host);
        await desk.OpenAccountAsync("/account/passkeys/add");
        await desk.ShowPasskeyAsync(authenticator);
        using var elsewhere = new Browser(host);
        await elsewhere.OpenAccountAsync();
        await elsewhere.ShowPasskeyAsync(authenticator);
        await desk.AddPasskeyAsync(host.Authenticator());
        Assert.Equal("/account", (await elsewhere.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task A_key_that_verifies_nobody_makes_two_factors_and_not_more()
    {
        var authenticator = await EnrolAsync(SoftwareAuthenticator.UserPresent);
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await client.SignInAsync(browser, "openid", "ada", ("acr_values", Phishing));
        var id = await IdTokenAsync(client, await browser.ShowPasskeyAsync(authenticator));
        Assert.Equal("urn:identityprovider:acr:mfa", id.GetProperty("acr").GetString());
        Assert.Equal(["pwd", "hwk", "mfa"], id.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));
    }

    [Fact]
    public async Task A_request_for_what_cannot_be_phished_asks_for_the_passkey_beside_an_app_and_for_the_person_behind_it()
    {
        var authenticator = host.Authenticator();
        using var browser = new Browser(host);
        await browser.OpenAccountAsync("/account/passkeys/add", "otp");
        await browser.SubmitAsync("Continue", ("code", Code()));
        await browser.AddPasskeyAsync(authenticator, "otp");

        using var other = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        clock.Advance(TimeSpan.FromSeconds(30));
        var page = await client.SignInAsync(other, "openid", "otp");
        Assert.Equal("/mfa/passkey", page.Url.AbsolutePath);
        await FollowAsync(other, "Use your authenticator app");
        Assert.NotEmpty((await other.SubmitAsync("Continue", ("code", Code()))).Query("code"));

        page = await other.OpenAsync(client.AuthorizeUrl("openid", ("acr_values", Phishing)));
        Assert.Equal("/mfa/passkey", page.Url.AbsolutePath);
        authenticator.Flags = SoftwareAuthenticator.UserPresent;
        Refused(await other.ShowPasskeyAsync(authenticator), "could not be checked");
        authenticator.Flags |= SoftwareAuthenticator.UserVerified;
        Assert.Equal(Phishing, (await IdTokenAsync(client, await other.ShowPasskeyAsync(authenticator))).GetProperty("acr").GetString());
    }

    [Fact]
    public async Task A_fresh_sign_in_for_a_sensitive_page_asks_for_the_passkey_again()
    {
        var authenticator = host.Authenticator();
        using var browser = new Browser(host);
        await browser.AddPasskeyAsync(authenticator);
        clock.Advance(TimeSpan.FromMinutes(6));
        var page = await browser.OpenAsync("/account/passkeys/add");
        Assert.Equal("/login", page.Url.AbsolutePath);
        page = await browser.SubmitAsync("Continue", ("password", TestDocument.Password));
        Assert.Equal("/mfa/passkey", page.Url.AbsolutePath);
        Assert.Equal("/account/passkeys/add", (await browser.ShowPasskeyAsync(authenticator)).Url.AbsolutePath);
    }

    [Fact]
    public async Task An_answer_counts_once_for_its_person_its_purpose_and_its_site()
    {
        var authenticator = await EnrolAsync();
        var grace = host.Authenticator();
        using (var other = new Browser(host))
            await other.AddPasskeyAsync(grace, "grace");

        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        Refused(await browser.ShowPasskeyAsync(grace), "not one of your account");
        Refused(await browser.ShowPasskeyAsync(options => new SoftwareAuthenticator(authenticator) { Origin = "https://evil.example" }.Get(options)), "could not be checked");

        // What the sign-in page asked anybody is not what somebody known was asked.
        var (options, challenge) = await browser.FetchOptionsAsync(host);
        Refused(await browser.SubmitAsync("Try again", ("credential", authenticator.Get(options)), ("challenge", challenge)), "took too long");

        var saved = browser.Cookies.GetCookies(host.Issuer).ToList();
        var answer = "";
        var form = browser.Page.Document.QuerySelector("form[data-passkey=get]")!;
        var handle = form.QuerySelector("input[name=challenge]")!.GetAttribute("value")!;
        Assert.Equal("/account", (await browser.ShowPasskeyAsync(asks => answer = authenticator.Get(asks))).Url.AbsolutePath);

        using var thief = new Browser(host);
        foreach (var cookie in saved)
            thief.Cookies.Add(new Cookie(cookie.Name, cookie.Value, cookie.Path, cookie.Domain));
        Assert.Equal("/login", (await thief.OpenAsync("/account")).Url.AbsolutePath);
        thief.Cookies.Add(browser.Cookies.GetCookies(host.Issuer)["browser"]!);
        await thief.OpenAccountAsync();
        Refused(await thief.SubmitAsync("Use your passkey", ("credential", answer), ("challenge", handle)), "took too long");
    }

    [Fact]
    public async Task A_copy_of_a_key_that_counts_is_refused_and_five_wrong_answers_are_enough()
    {
        var authenticator = await EnrolAsync();
        using var events = new EventTrap(host);
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        await browser.ShowPasskeyAsync(authenticator);

        using var clone = new Browser(host);
        await clone.OpenAccountAsync();
        authenticator.SignCount = 0;
        Refused(await clone.ShowPasskeyAsync(authenticator), "could not be checked");
        Assert.Contains("passkeys.sign_count_regressed", events.Names);
        Assert.Single(await host.MailsAsync("ada@example.test"), mail => mail.Subject!.Contains("copy of a passkey", StringComparison.Ordinal));
        authenticator.SignCount = 50;
        for (var i = 0; i < 4; i++)
            await clone.ShowPasskeyAsync(_ => "{}");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await clone.ShowPasskeyAsync(authenticator)).Status);
        Assert.Contains("Too many attempts. Try again in", clone.Page.Text, StringComparison.Ordinal);
        Assert.NotEqual("/account", (await clone.OpenAsync("/account")).Url.AbsolutePath);
        await clone.ShowPasskeyAsync(authenticator);
        Assert.Single(await host.MailsAsync("ada@example.test"), mail => mail.Subject!.Contains("get past your passkey", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_script_the_page_says_so_and_a_recovery_code_stands_in()
    {
        await EnrolAsync();
        using var browser = new Browser(host);
        Assert.Contains("ask the people who run this service", (await browser.OpenAccountAsync()).Text, StringComparison.Ordinal);
        Assert.Contains("need JavaScript", (await browser.SubmitAsync("Use your passkey")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Page.Document.QuerySelectorAll("a"), a => a.TextContent.Trim() == "Use a recovery code");
    }

    [Fact]
    public async Task Somebody_with_only_a_passkey_is_pointed_to_recovery_codes_and_gets_in_with_one()
    {
        var authenticator = host.Authenticator();
        using var browser = new Browser(host);
        await browser.AddPasskeyAsync(authenticator);
        await FollowAsync(browser, "Get recovery codes");
        var codes = (await browser.SubmitAsync("Make new codes")).Document.QuerySelector("pre code")!.TextContent.Split('\n');
        Assert.DoesNotContain("Get recovery codes", (await browser.OpenAsync("/account/passkeys")).Text, StringComparison.Ordinal);

        using var phoneless = new Browser(host);
        await phoneless.OpenAccountAsync();
        await FollowAsync(phoneless, "Use a recovery code");
        Assert.Equal("/account", (await phoneless.SubmitAsync("Continue", ("code", codes[0]))).Url.AbsolutePath);
    }

    [Fact]
    public async Task The_only_factor_of_somebody_who_must_have_one_stays()
    {
        await using var strict = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = new() { ["Mfa:RequiredForRoles:0"] = "user" } });
        var authenticator = strict.Authenticator();
        using var browser = new Browser(strict);
        await browser.AddPasskeyAsync(authenticator, "grace");
        var (id, role) = await strict.InStoreAsync(async db => (await db.Set<Passkey>().Select(p => p.Id).SingleAsync(), await db.Set<IdentityProvider.Roles.Role>().Where(r => r.Name == "user").Select(r => r.Id).SingleAsync()));
        await strict.InStoreAsync(async db =>
        {
            var grace = await db.Set<User>().SingleAsync(u => u.UserName == "grace");
            db.Add(new IdentityProvider.Roles.UserRole { UserId = grace.Id, RoleId = role });
            return await db.SaveChangesAsync();
        });
        var page = await browser.OpenAsync($"/account/passkeys/{id}");
        Assert.Contains("must have a second step", page.Text, StringComparison.Ordinal);
        var token = page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await browser.PostAsync(strict[$"/account/passkeys/{id}?handler=Remove"], [KeyValuePair.Create("__RequestVerificationToken", token)]);
        Assert.True(await strict.InStoreAsync(db => db.Set<Passkey>().AnyAsync()));
    }

    /// <summary>Gives ada a passkey.</summary>
    private async Task<SoftwareAuthenticator> EnrolAsync(byte flags = SoftwareAuthenticator.UserPresent | SoftwareAuthenticator.UserVerified)
    {
        var authenticator = host.Authenticator();
        authenticator.Flags = flags;
        using var desk = new Browser(host);
        await desk.AddPasskeyAsync(authenticator);
        return authenticator;
    }

    private static async Task<System.Text.Json.JsonElement> IdTokenAsync(RelyingParty client, BrowserPage page) =>
        RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!);

    private static Task<BrowserPage> FollowAsync(Browser browser, string link) =>
        browser.OpenAsync(browser.Page.Document.QuerySelectorAll("a").Single(a => a.TextContent.Trim() == link).GetAttribute("href")!);

    private static void Refused(BrowserPage page, string words)
    {
        Assert.Equal((HttpStatusCode.OK, "/mfa/passkey"), (page.Status, page.Url.AbsolutePath));
        Assert.Contains(words, page.Text, StringComparison.Ordinal);
    }

    private string Code() => new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(clock.GetUtcNow().UtcDateTime);
}
