using System.Net;
using AngleSharp.Html.Dom;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Account;

public sealed class EditingProfiles
{
    [Fact]
    public async Task What_a_person_saves_is_what_clients_are_told()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        var page = await browser.SubmitAsync(
            "Save", ("name", " Augusta Ada King "), ("given_name", "Ada"), ("family_name", "King"), ("nickname", "Enchantress"), ("website", "https://ada.example/a?b=c"),
            ("gender", "female"), ("birthdate", "1815-12-10"), ("zoneinfo", "Europe/London"), ("locale", "en-GB"));
        Assert.Equal("/account?saved=profile", page.Url.PathAndQuery);
        Assert.Contains("Your changes are saved", page.Text, StringComparison.Ordinal);

        var client = new RelyingParty(host);
        var told = await client.GetAsync("/connect/userinfo", (await client.TokensAsync(browser, "openid profile"))["access_token"]!);
        Assert.Equal(
            ["Augusta Ada King", "Ada", "King", "Enchantress", "https://ada.example/a?b=c", "female", "1815-12-10", "Europe/London", "en-GB"],
            new[] { "name", "given_name", "family_name", "nickname", "website", "gender", "birthdate", "zoneinfo", "locale" }.Select(claim => told[claim]));
    }

    [Theory]
    [InlineData("name", "Ada\u202Eecalevol")]
    [InlineData("name", "Ada\u0007")]
    [InlineData("website", "javascript:alert(1)")]
    [InlineData("website", "https://a:b@evil.example")]
    [InlineData("website", "data:text/html,x")]
    [InlineData("birthdate", "1815-02-30")]
    [InlineData("birthdate", "9999-01-01")]
    [InlineData("birthdate", "10.12.1815")]
    [InlineData("zoneinfo", "Europe/Atlantis")]
    [InlineData("zoneinfo", "../../etc/passwd")]
    [InlineData("locale", "<b>")]
    [InlineData("locale", "no-such-language-tag-at-all")]
    public async Task A_value_of_another_form_is_refused_and_nothing_typed_is_lost(string claim, string value)
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        var page = await browser.SubmitAsync("Save", ("nickname", "Typed before"), (claim, value));

        Assert.StartsWith("Error: ", page.Title, StringComparison.Ordinal);
        Assert.NotNull(page.Document.QuerySelector($"[role=alert] a[href='#{claim}']"));
        Assert.Equal("true", page.Document.GetElementById(claim)!.GetAttribute("aria-invalid"));
        Assert.Equal("Typed before", Value(page, "nickname"));
        Assert.Null((await AdaAsync(host)).Nickname);
    }

    [Theory]
    [InlineData("birthdate", "1990")]
    [InlineData("birthdate", "0000-02-29")]
    [InlineData("zoneinfo", "America/Argentina/Buenos_Aires")]
    [InlineData("locale", "zh-Hant-TW")]
    [InlineData("name", "Анна-Мария O’Neill 李")]
    public async Task Forms_that_OpenID_Connect_knows_are_taken(string claim, string value)
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        Assert.Equal("/account?saved=profile", (await browser.SubmitAsync("Save", (claim, value))).Url.PathAndQuery);
    }

    [Fact]
    public async Task A_profile_that_was_changed_in_another_window_is_not_overwritten_unseen()
    {
        await using var host = await IdpHost.StartAsync();
        using var one = new Browser(host);
        using var two = new Browser(host);
        await one.OpenAccountAsync();
        await two.OpenAccountAsync();
        await one.SubmitAsync("Save", ("name", "The first"));

        var question = await two.SubmitAsync("Save", ("name", "The second"), ("nickname", "Kept"));
        Assert.Equal("/account", question.Url.PathAndQuery);
        Assert.Contains("changed somewhere else", question.Text, StringComparison.Ordinal);
        Assert.Contains("The first", question.Document.QuerySelector(".notice")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(("The second", "Kept"), (Value(question, "name"), Value(question, "nickname")));
        Assert.Equal("The first", (await AdaAsync(host)).Name);

        await two.SubmitAsync("Save");
        var ada = await AdaAsync(host);
        Assert.Equal(("The second", "Kept"), (ada.Name, ada.Nickname));
    }

    [Fact]
    public async Task A_form_changes_nothing_that_it_does_not_have()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        await browser.SubmitAsync("Save", ("email", "eve@example.test"), ("Form.Email", "eve@example.test"), ("Person.Email", "eve@example.test"), ("email_verified", "true"), ("UserName", "eve"), ("picture", "https://evil.example/x"));
        var ada = await AdaAsync(host);
        Assert.Equal(("ada@example.test", "ada", null), (ada.Email, ada.UserName, ada.Picture));
    }

    [Fact]
    public async Task A_form_from_another_site_changes_nothing()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        using var forged = new HttpRequestMessage(HttpMethod.Post, host["/account"]) { Content = new FormUrlEncodedContent([KeyValuePair.Create("name", "Forged")]) };
        forged.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GoAsync(forged)).Status);
        await browser.PostAsync(host["/account"], [KeyValuePair.Create("name", "Forged")]);
        Assert.Equal("Ada Lovelace", (await AdaAsync(host)).Name);
    }

    private static string Value(BrowserPage page, string field) => ((IHtmlInputElement)page.Document.GetElementById(field)!).Value;

    private static Task<User> AdaAsync(IdpHost host) => host.InStoreAsync(db => db.Set<User>().AsNoTracking().SingleAsync(u => u.UserName == "ada"));
}
