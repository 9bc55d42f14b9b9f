using System.Net;
using IdentityProvider.Passkeys;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using RelyingParty = IdentityProvider.Tests.Testing.RelyingParty;

namespace IdentityProvider.Tests.Passkeys;

public sealed class SigningInWithPasskeys
{
    [Fact]
    public async Task A_passkey_signs_in_without_a_name_and_counts_as_two_factors()
    {
        await using var host = await IdpHost.StartAsync();
        using var desk = new Browser(host);
        var authenticator = host.Authenticator();
        await desk.AddPasskeyAsync(authenticator);

        using var other = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await other.OpenAsync(client.AuthorizeUrl("openid", ("acr_values", "urn:identityprovider:acr:phr")));
        var page = await other.UsePasskeyAsync(host, authenticator);
        var tokens = await client.RedeemAsync(page.Query("code"));
        var claims = RelyingParty.Claims(tokens["id_token"]!);
        Assert.Equal("urn:identityprovider:acr:phr", claims.GetProperty("acr").GetString());
        Assert.Equal(["hwk", "mfa", "user"], claims.GetProperty("amr").EnumerateArray().Select(m => m.GetString()!).Order());
        Assert.NotNull((await StoredAsync(host)).LastUsedAt);
    }

    [Fact]
    public async Task A_synced_passkey_is_proof_of_software()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var authenticator = host.Authenticator();
        authenticator.Flags |= SoftwareAuthenticator.BackupEligible | SoftwareAuthenticator.BackedUp;
        await browser.AddPasskeyAsync(authenticator);
        var stored = await StoredAsync(host);
        Assert.Equal((true, true, true, "swk", "hybrid internal"), (stored.BackupEligible, stored.BackedUp, stored.UserVerified, stored.Method, Sorted(stored.Transports)));
        Assert.Contains("Synced to your other devices", browser.Page.Text, StringComparison.Ordinal);
        Assert.Contains("Apple Passwords", browser.Page.Text, StringComparison.Ordinal);

        static string Sorted(string? transports) => string.Join(' ', transports!.Split(' ').Order());
    }

    [Fact]
    public async Task The_password_being_locked_does_not_keep_the_owner_out()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var authenticator = host.Authenticator();
        await browser.AddPasskeyAsync(authenticator);

        using var other = new Browser(host);
        await other.OpenLoginAsync();
        for (var i = 0; i < 6; i++)
            await other.SubmitAsync("Sign in", ("username", "ada"), ("password", "wrong"));
        Assert.Contains("Too many attempts", other.Page.Text, StringComparison.Ordinal);
        Assert.Equal("/account/passkeys", (await other.UsePasskeyAsync(host, authenticator)).Url.AbsolutePath);
    }

    [Fact]
    public async Task An_answer_is_taken_once_whatever_cookies_come_with_it()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var authenticator = host.Authenticator();
        await browser.AddPasskeyAsync(authenticator);

        using var other = new Browser(host);
        await other.OpenLoginAsync();
        var (options, challenge) = await other.FetchOptionsAsync(host);
        var saved = other.Cookies.GetCookies(host.Issuer).ToList();
        var login = other.Page;
        var answer = authenticator.Get(options);
        Assert.Equal("/account/passkeys", (await other.AnswerAsync(answer, challenge)).Url.AbsolutePath);

        using var thief = new Browser(host);
        foreach (var cookie in saved)
            thief.Cookies.Add(new Cookie(cookie.Name, cookie.Value, cookie.Path, cookie.Domain));
        await thief.OpenAsync(login.Url.PathAndQuery);
        Refused(await thief.AnswerAsync(answer, challenge), "took too long");
    }

    [Fact]
    public async Task A_challenge_holds_for_five_minutes()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        using var browser = new Browser(host);
        var authenticator = host.Authenticator();
        await browser.AddPasskeyAsync(authenticator);

        using var other = new Browser(host);
        await other.OpenLoginAsync();
        var (options, challenge) = await other.FetchOptionsAsync(host);
        clock.Advance(TimeSpan.FromMinutes(5));
        Refused(await other.AnswerAsync(authenticator.Get(options), challenge), "took too long");
        Assert.Equal("/account/passkeys", (await other.UsePasskeyAsync(host, authenticator)).Url.AbsolutePath);
    }

    [Fact]
    public async Task A_challenge_is_good_in_its_own_browser_and_for_its_own_purpose()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var authenticator = host.Authenticator();
        await browser.AddPasskeyAsync(authenticator);

        using var one = new Browser(host);
        using var two = new Browser(host);
        await one.OpenLoginAsync();
        await two.OpenLoginAsync();
        await two.FetchOptionsAsync(host);
        var (options, challenge) = await one.FetchOptionsAsync(host);
        Refused(await two.AnswerAsync(authenticator.Get(options), challenge), "took too long");

        // The challenge of a registration, answered as a sign-in by the browser it belongs to.
        using var signedIn = new Browser(host);
        var add = await signedIn.OpenAccountAsync("/account/passkeys/add");
        var forCreation = add.Document.QuerySelector("input[name=challenge]")!.GetAttribute("value")!;
        await signedIn.OpenAsync((await one.OpenLoginAsync()).Url.PathAndQuery);
        Refused(await signedIn.AnswerAsync(authenticator.Get(options), forCreation), "took too long");
    }

    [Fact]
    public async Task A_count_that_goes_backwards_is_refused_and_reported()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        using var events = new EventTrap(host);
        var authenticator = host.Authenticator();
        authenticator.SignCount = 10;
        await browser.AddPasskeyAsync(authenticator);
        using var other = new Browser(host);
        await other.OpenLoginAsync();
        await other.UsePasskeyAsync(host, authenticator);
        Assert.Equal(11, (await StoredAsync(host)).SignCount);

        using var clone = new Browser(host);
        await clone.OpenLoginAsync();
        authenticator.SignCount = 10;
        Refused(await clone.UsePasskeyAsync(host, authenticator), "could not be checked");
        Assert.Contains("passkeys.sign_count_regressed", events.Names);
        Assert.Equal(11, (await StoredAsync(host)).SignCount);

        authenticator.SignCount = 11;
        Assert.Equal("/account/passkeys", (await clone.UsePasskeyAsync(host, authenticator)).Url.AbsolutePath);
    }

    [Fact]
    public async Task Somebody_disabled_does_not_get_in()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var authenticator = host.Authenticator();
        await browser.AddPasskeyAsync(authenticator);
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, u => u.CreatedAt)));
        using var other = new Browser(host);
        await other.OpenLoginAsync();
        Refused(await other.UsePasskeyAsync(host, authenticator), "could not be checked");
    }

    [Fact]
    public async Task Options_are_the_same_for_everybody_and_name_no_credential()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.AddPasskeyAsync(host.Authenticator());
        using var stranger = new Browser(host);
        var (options, _) = await stranger.FetchOptionsAsync(host);
        var json = System.Text.Json.Nodes.JsonNode.Parse(options)!;
        Assert.Equal(("required", "localhost", 0), ((string)json["userVerification"]!, (string)json["rpId"]!, json["allowCredentials"]?.AsArray().Count ?? 0));
    }

    [Fact]
    public async Task Without_script_the_page_says_so_and_offers_another_way()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenLoginAsync();
        var page = await browser.SubmitAsync("Use a passkey");
        Assert.Contains("need JavaScript", page.Text, StringComparison.Ordinal);
        var way = page.Document.QuerySelectorAll("a").Single(a => a.TextContent == "Sign in another way");
        Assert.Equal("Sign in", (await browser.OpenAsync(way.GetAttribute("href")!)).Heading);
    }

    private static void Refused(BrowserPage page, string words)
    {
        Assert.Equal((HttpStatusCode.OK, "/passkey"), (page.Status, page.Url.AbsolutePath));
        Assert.Contains(words, page.Text, StringComparison.Ordinal);
    }

    private static Task<Passkey> StoredAsync(IdpHost host) => host.InStoreAsync(db => db.Set<Passkey>().AsNoTracking().SingleAsync());
}
