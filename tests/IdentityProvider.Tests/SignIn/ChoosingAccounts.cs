using System.Text.Json.Nodes;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.SignIn;

/// <summary>Several people, or one with several accounts, in one browser.</summary>
public sealed class ChoosingAccounts : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private IdpHost host = null!;
    private RelyingParty client = null!;

    public async Task InitializeAsync()
    {
        var document = JsonNode.Parse(TestDocument.Json)!;
        foreach (var name in new[] { "Bea", "Cleo", "Dora", "Eve" })
            document["users"]!.AsArray().Add(new JsonObject { ["username"] = name, ["name"] = $"<b>{name}</b>", ["password"] = TestDocument.Password });
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = document.ToJsonString() });
        client = new RelyingParty(host, "trusted");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Who_signed_in_before_is_offered_and_signs_in_again()
    {
        using var browser = new Browser(host);
        Assert.Equal("/login", (await ChooseAsync(browser)).Url.AbsolutePath);
        await SignInAsync(browser, "ada");
        var page = await ChooseAsync(browser);
        Assert.Equal(("Continue as Ada Lovelace", 0), (Buttons(page)[0], Others(page).Length));
        await browser.SubmitAsync("Use another account");
        Assert.Equal("", Username(browser.Page));
        Assert.NotEmpty((await SignInAsync(browser, "grace")).Query("code"));

        page = await ChooseAsync(browser);
        Assert.Equal("Continue as Grace Hopper", Buttons(page)[0]);
        Assert.Equal(["Ada Lovelace ada@example.test"], Others(page));
        page = await browser.SubmitAsync("A");
        Assert.Equal(("/login", "Sign in", "ada"), (page.Url.AbsolutePath, page.Heading, Username(page)));
        Assert.Contains("Last used", page.Document.QuerySelector(".field .row")!.TextContent, StringComparison.Ordinal);
        page = await SignInAsync(browser, "ada");
        Assert.Equal("ada@example.test", await AddressAsync(page));
        Assert.Equal(["Grace Hopper grace@example.test"], Others(await ChooseAsync(browser)));
    }

    [Fact]
    public async Task Somebody_who_gave_no_second_factor_is_not_offered()
    {
        using var browser = new Browser(host);
        await SignInAsync(browser, "ada");
        await ChooseAsync(browser);
        await browser.SubmitAsync("Use another account");
        Assert.Equal("/mfa", (await SignInAsync(browser, "otp")).Url.AbsolutePath);
        var mfa = browser.Page.Url.PathAndQuery;
        var page = await ChooseAsync(browser);
        Assert.Equal(["Ada Lovelace ada@example.test"], Others(page));
        Assert.DoesNotContain("Continue as", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Otto", page.Text, StringComparison.Ordinal);

        await browser.OpenAsync(mfa);
        await browser.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(clock.GetUtcNow().UtcDateTime)));
        Assert.Equal("Continue as Otto Tipp", Buttons(await ChooseAsync(browser))[0]);
    }

    [Fact]
    public async Task Five_are_kept_the_newest_first_and_their_names_are_inert()
    {
        using var browser = new Browser(host);
        foreach (var name in new[] { "ada", "grace", "Bea", "Cleo", "Dora", "Eve" })
        {
            await ChooseAsync(browser);
            if (browser.Page.Url.AbsolutePath == "/account-choice")
                await browser.SubmitAsync("Use another account");
            await SignInAsync(browser, name);
        }

        var page = await ChooseAsync(browser);
        Assert.Equal(["<b>Dora</b>", "<b>Cleo</b>", "<b>Bea</b>", "Grace Hopper grace@example.test"], Others(page));
        Assert.Empty(page.Document.QuerySelectorAll("main b"));
        Assert.InRange(browser.Cookies.GetCookies(host.Issuer)["accounts"]!.Value.Length, 1, 3000);

        await browser.SubmitAsync("Forget <b>Bea</b>");
        Assert.Equal(["<b>Dora</b>", "<b>Cleo</b>", "Grace Hopper grace@example.test"], Others(browser.Page));
        page = await browser.PostAsync(new Uri(browser.Page.Url + "&handler=Pick"), [.. Token(browser.Page), new("account", "somebody")]);
        Assert.Equal(("/account-choice", 3), (page.Url.AbsolutePath, Others(page).Length));
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public async Task Signing_out_keeps_only_who_stays_signed_in_and_did_not_ask_to_be_removed(bool stays, bool removed, bool offered)
    {
        using var browser = new Browser(host);
        await SignInAsync(browser, "ada", stays);
        Assert.Equal(stays, browser.Cookies.GetCookies(host.Issuer)["accounts-kept"] is { Expired: false, Expires.Year: > 2000 });
        Assert.Equal(!stays, browser.Cookies.GetCookies(host.Issuer)["accounts"] is not null);
        var page = await browser.OpenAsync("/signout");
        Assert.Equal(stays, page.Document.QuerySelector("#forget") is not null);
        await browser.SubmitAsync("Sign out", removed ? [("forget", "true")] : []);
        page = await ChooseAsync(browser);
        Assert.Equal(offered ? "/account-choice" : "/login", page.Url.AbsolutePath);
        Assert.Equal(offered, page.Text.Contains("ada@example.test", StringComparison.Ordinal));
        clock.Advance(TimeSpan.FromDays(15));
        Assert.Equal("/login", (await ChooseAsync(browser)).Url.AbsolutePath);
    }

    [Theory]
    [InlineData("ended")]
    [InlineData("disabled")]
    [InlineData("password")]
    [InlineData("deleted")]
    [InlineData("garbage")]
    public async Task A_name_is_gone_from_the_list_when_it_has_no_business_there(string what)
    {
        using var browser = new Browser(host);
        await SignInAsync(browser, "ada");
        await ChooseAsync(browser);
        await browser.SubmitAsync("Use another account");
        await SignInAsync(browser, "grace");
        var name = what == "ended" ? "grace" : "ada";
        Assert.Contains(name, (await ChooseAsync(browser)).Text, StringComparison.Ordinal);
        await host.InStoreAsync(db => what switch
        {
            "ended" => db.Set<Session>().Where(s => s.User.UserName == "grace").ExecuteDeleteAsync(),
            "disabled" => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, clock.GetUtcNow())),
            "password" => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.SecurityStamp, "another")),
            "deleted" => db.Set<User>().Where(u => u.UserName == "ada").ExecuteDeleteAsync(),
            _ => Task.FromResult(0),
        });
        if (what == "garbage")
            browser.Cookies.SetCookies(host.Issuer, $"accounts={new string('A', 2000)}; path=/");
        var page = await ChooseAsync(browser);
        Assert.Equal("/account-choice", page.Url.AbsolutePath);
        Assert.DoesNotContain($"{name}@example.test", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ADA@example.test", true)]
    [InlineData("Ada", true)]
    [InlineData("grace@example.test", false)]
    [InlineData("nobody@example.test", false)]
    public async Task A_login_hint_that_names_somebody_else_leads_to_their_sign_in(string hint, bool passes)
    {
        using var browser = new Browser(host);
        await SignInAsync(browser, "ada");
        clock.Advance(TimeSpan.FromSeconds(10));
        var silent = await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none"), ("login_hint", hint)));
        Assert.Equal(passes ? "" : "login_required", silent.Query("error"));
        var page = await browser.OpenAsync(client.AuthorizeUrl("openid", ("login_hint", hint)));
        Assert.Equal(passes, page.Query("code").Length > 0);
        if (passes)
            return;
        Assert.Equal(("/login", "Sign in", hint), (page.Url.AbsolutePath, page.Heading, Username(page)));

        // Whoever signs in all the same as themselves goes on.
        Assert.NotEmpty((await SignInAsync(browser, "ada")).Query("code"));
    }

    [Theory]
    [InlineData(true, "ada")]
    [InlineData(false, "")]
    public async Task A_hint_by_id_token_fills_in_only_a_name_that_the_browser_knows(bool known, string filled)
    {
        using var ada = new Browser(host);
        var hint = (await client.TokensAsync(ada))["id_token"]!;
        using var other = new Browser(host);
        var browser = known ? ada : other;
        await ChooseAsync(browser);
        if (known)
            await browser.SubmitAsync("Use another account");
        await SignInAsync(browser, "grace");
        clock.Advance(TimeSpan.FromSeconds(10));
        var page = await browser.OpenAsync(client.AuthorizeUrl("openid", ("id_token_hint", hint)));
        Assert.Equal(("/login", "Sign in", filled), (page.Url.AbsolutePath, page.Heading, Username(page)));
        Assert.NotEmpty((await SignInAsync(browser, "ada")).Query("code"));
    }

    private Task<BrowserPage> ChooseAsync(Browser browser)
    {
        clock.Advance(TimeSpan.FromSeconds(10));
        return browser.OpenAsync(client.AuthorizeUrl("openid profile email", ("prompt", "select_account")));
    }

    private async Task<BrowserPage> SignInAsync(Browser browser, string username, bool stays = false)
    {
        if (browser.Page?.Url.AbsolutePath != "/login")
            await browser.OpenAsync(client.AuthorizeUrl("openid profile email"));
        return await browser.SubmitAsync("Sign in", [("username", username), ("password", TestDocument.Password), .. stays ? new[] { ("staysignedin", "true") } : []]);
    }

    private async Task<string?> AddressAsync(BrowserPage page) => (await client.GetAsync("/connect/userinfo", (await client.RedeemAsync(page.Query("code")))["access_token"]!))["email"];

    private static string[] Buttons(BrowserPage page) => [.. page.Document.QuerySelectorAll("main button").Select(Text)];

    private static string[] Others(BrowserPage page) => [.. page.Document.QuerySelectorAll(".choice > :last-child").Select(Text)];

    private static string Text(AngleSharp.Dom.IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Username(BrowserPage page) => page.Document.QuerySelector("#username")?.GetAttribute("value") ?? "";

    private static Dictionary<string, string> Token(BrowserPage page) => new() { ["__RequestVerificationToken"] = page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")! };
}
