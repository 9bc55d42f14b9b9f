using System.Net;
using IdentityProvider.Tests.Registration;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Authorize;

/// <summary>What a client says of the person it sends: whom it expects, that they are new, and what they read.</summary>
public sealed class HintingAtPeople : IAsyncLifetime
{
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(RegistrationBench.Setup());

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("ada@example.test")]
    [InlineData("\"><script>alert(1)</script>")]
    [InlineData("\u202Eada")]
    public async Task A_login_hint_stands_in_the_field_as_text(string hint)
    {
        using var browser = new Browser(host);
        var page = await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl("openid", ("login_hint", hint)));
        Assert.Equal(hint, page.Document.QuerySelector("#username")!.GetAttribute("value"));
        Assert.DoesNotContain("<script>alert", page.Document.Source.Text, StringComparison.Ordinal);
        Assert.NotEmpty((await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password))).Query("code"));
    }

    [Fact]
    public async Task A_hint_that_is_no_address_does_not_fill_the_form_for_a_new_account()
    {
        using var browser = new Browser(host);
        Assert.Equal("new@example.test", (await browser.OpenFormAsync(host, ("login_hint", "new@example.test"))).Document.QuerySelector("#email")!.GetAttribute("value"));
        Assert.Null((await browser.OpenFormAsync(host, ("login_hint", "ada"))).Document.QuerySelector("#email")!.GetAttribute("value"));
    }

    [Fact]
    public async Task Create_asks_also_who_is_signed_in_and_the_new_person_comes_back_to_the_client()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await client.SignInAsync(browser);
        await browser.OpenAsync(client.AuthorizeUrl("openid email", ("prompt", "create")));
        Assert.Equal("/register", browser.Page.Url.AbsolutePath);
        await browser.RegisterAsync("fresh@example.test");
        var page = await browser.SubmitAsync("Confirm", ("code", (await host.MailAsync("fresh@example.test")).Code()));
        var tokens = await client.RedeemAsync(page.Query("code"));
        Assert.Equal("fresh@example.test", RelyingParty.Claims(tokens["id_token"]!).GetProperty("email").GetString());
    }

    [Fact]
    public async Task Create_beside_none_is_refused_and_from_the_form_one_can_sign_in_instead()
    {
        using var browser = new Browser(host);
        Assert.Equal("interaction_required", (await browser.OpenFormAsync(host, ("prompt", "none create"))).Query("error"));
        await browser.OpenFormAsync(host);
        var login = browser.Page.Document.QuerySelectorAll("a").Single(a => a.TextContent == "I have an account").GetAttribute("href")!;
        Assert.Equal("/login", (await browser.OpenAsync(login)).Url.AbsolutePath);
        Assert.NotEmpty((await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password))).Query("code"));
    }

    [Theory]
    [InlineData("de fr-CA")]
    [InlineData("xx-not-a-language")]
    [InlineData("../../etc/passwd ; \u0001")]
    public async Task A_language_that_is_not_there_leaves_the_page_as_it_is(string locales)
    {
        using var browser = new Browser(host);
        var page = await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl("openid", ("ui_locales", locales)));
        Assert.Equal((HttpStatusCode.OK, "Sign in", "en"), (page.Status, page.Heading, page.Document.DocumentElement.GetAttribute("lang")));
    }
}
