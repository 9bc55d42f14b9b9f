using System.Net;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.EmailSignIn;

public sealed class SigningInByMail : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = { ["EmailSignIn:Mode"] = "All", ["RateLimits:MailsPerAddress:Permits"] = "1000" } });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_code_signs_in_once_and_the_token_says_how()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await AskAsync(browser, client);
        var code = (await host.MailAsync("ada@example.test")).Code();
        var page = await browser.SubmitAsync("Sign in", ("code", "0000 0000"));
        Assert.Contains("This code does not work", page.Text, StringComparison.Ordinal);
        page = await browser.SubmitAsync("Sign in", ("code", code));
        var tokens = await client.RedeemAsync(page.Query("code"));
        Assert.Equal("mca", RelyingParty.Claims(tokens["id_token"]!).GetProperty("amr")[0].GetString());

        using var again = new Browser(host);
        await AskAsync(again, client);
        Assert.Contains("This code does not work", (await again.SubmitAsync("Sign in", ("code", code))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_signs_in_by_its_button_in_the_browser_that_asked_and_wants_the_code_in_another()
    {
        using var browser = new Browser(host);
        using var other = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await AskAsync(browser, client);
        var link = (await host.MailAsync("ada@example.test")).Link();

        Assert.Equal("Enter the code", (await other.OpenAsync(link)).Heading);
        Assert.Contains("Enter the code from the mail", (await other.SubmitAsync("Sign in")).Text, StringComparison.Ordinal);
        Assert.Contains("This code does not work", (await other.SubmitAsync("Sign in", ("code", "0000 0000"))).Text, StringComparison.Ordinal);
        await browser.OpenAsync(link);
        var page = await browser.SubmitAsync("Sign in");
        Assert.NotEmpty(page.Query("code"));

        await browser.OpenAsync(link);
        Assert.Equal((HttpStatusCode.Gone, "This link does not work any more"), (browser.Page.Status, browser.Page.Heading));
    }

    [Fact]
    public async Task In_another_browser_link_and_code_sign_in_there_and_the_request_stays_where_it_was()
    {
        using var browser = new Browser(host);
        using var other = new Browser(host);
        await AskAsync(browser, new RelyingParty(host, "trusted"));
        var mail = await host.MailAsync("ada@example.test");
        await other.OpenAsync(mail.Link());
        Assert.Contains("ada@example.test", other.Page.Text, StringComparison.Ordinal);
        Assert.Equal("/account", (await other.SubmitAsync("Sign in", ("code", mail.Code()))).Url.AbsolutePath);
        Assert.Equal("This code does not work. Check it, or ask for another mail", (await browser.SubmitAsync("Sign in", ("code", mail.Code()))).Document.QuerySelector("#code-error span")!.LastChild!.TextContent);
        Assert.Equal(HttpStatusCode.Gone, (await other.OpenAsync(mail.Link())).Status);
    }

    [Fact]
    public async Task In_another_browser_five_guesses_are_all()
    {
        using var browser = new Browser(host);
        using var other = new Browser(host);
        await AskAsync(browser, new RelyingParty(host, "trusted"));
        var mail = await host.MailAsync("ada@example.test");
        await other.OpenAsync(mail.Link());
        for (var i = 0; i < 5; i++)
            await other.SubmitAsync("Sign in", ("code", mail.Code() == "00000000" ? "00000001" : "00000000"));
        Assert.Contains("This code does not work", (await other.SubmitAsync("Sign in", ("code", mail.Code()))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_16_at_once_one_signs_in()
    {
        using var browser = new Browser(host);
        await AskAsync(browser, new RelyingParty(host, "trusted"));
        await browser.OpenAsync((await host.MailAsync("ada@example.test")).Link());
        var form = browser.Page.Document.QuerySelectorAll("input").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!);
        var cookies = browser.Cookies.GetCookieHeader(host.Issuer);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/login/mail/open") { Content = new FormUrlEncodedContent(form) };
            request.Headers.Add("Cookie", cookies);
            using var answer = await host.Http.SendAsync(request);
            return (answer.StatusCode, SignedIn: answer.Headers.TryGetValues("Set-Cookie", out var set) && set.Any(c => c.Contains("session=", StringComparison.Ordinal)));
        }));
        Assert.Single(statuses, s => s.SignedIn);
        Assert.Equal(15, statuses.Count(s => s.StatusCode == HttpStatusCode.Gone));
    }

    [Fact]
    public async Task It_is_over_after_its_time()
    {
        using var browser = new Browser(host);
        await AskAsync(browser, new RelyingParty(host, "trusted"));
        var mail = await host.MailAsync("ada@example.test");
        clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        Assert.Contains("This code does not work", (await browser.SubmitAsync("Sign in", ("code", mail.Code()))).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, (await browser.OpenAsync(mail.Link())).Status);
    }

    [Fact]
    public async Task The_second_factor_is_asked_for_all_the_same()
    {
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "otp").ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, true)));
        using var browser = new Browser(host);
        await AskAsync(browser, new RelyingParty(host, "trusted"), "otp@example.test");
        Assert.Equal("/mfa", (await browser.SubmitAsync("Sign in", ("code", (await host.MailAsync("otp@example.test")).Code()))).Url.AbsolutePath);
    }

    [Theory]
    [InlineData("nobody@example.test")]
    [InlineData("grace@example.test")]
    public async Task An_address_that_is_nobodys_or_unproven_gets_the_same_page_and_no_mail(string email)
    {
        using var browser = new Browser(host);
        using var known = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var page = await AskAsync(browser, client, email);
        var other = await AskAsync(known, client);
        Assert.Equal(other.Text.Replace("ada@example.test", email, StringComparison.Ordinal), page.Text);
        Assert.Equal((other.Status, other.Response.Headers.Count()), (page.Status, page.Response.Headers.Count()));
        Assert.Empty(await host.MailsAsync(email));
    }

    [Fact]
    public async Task A_mailbox_gets_three_an_hour()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(browser, client, "nobody@example.test")).Status);
        var page = await AskAsync(browser, client, "Nobody@Example.test");
        Assert.Equal(HttpStatusCode.TooManyRequests, page.Status);
        Assert.NotNull(page.Response.Headers.RetryAfter);
    }

    [Fact]
    public async Task It_is_off_unless_told_and_then_for_the_listed_clients_alone()
    {
        await using var off = await IdpHost.StartAsync();
        using var browser = new Browser(off);
        var page = await browser.OpenAsync(new RelyingParty(off, "trusted").AuthorizeUrl());
        Assert.DoesNotContain("Mail me a code", page.Text, StringComparison.Ordinal);
        Assert.NotEqual("Sign in with a mailed code", (await browser.OpenAsync($"/login/mail?ticket={page.Query("ticket")}")).Heading);

        await using var some = await IdpHost.StartAsync(new IdpSetup { Settings = { ["EmailSignIn:Mode"] = "Clients", ["EmailSignIn:Clients:0"] = "trusted" } });
        using var listed = new Browser(some);
        Assert.Contains("Mail me a code", (await listed.OpenAsync(new RelyingParty(some, "trusted").AuthorizeUrl())).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Mail me a code", (await listed.OpenAsync(new RelyingParty(some).AuthorizeUrl())).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Mail me a code", (await listed.OpenAsync("/account")).Text, StringComparison.Ordinal);
    }

    private static async Task<BrowserPage> AskAsync(Browser browser, RelyingParty client, string email = "ada@example.test")
    {
        var page = await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "login")));
        await browser.OpenAsync($"/login/mail?ticket={page.Query("ticket")}");
        return await browser.SubmitAsync("Send the mail", ("email", email));
    }
}
