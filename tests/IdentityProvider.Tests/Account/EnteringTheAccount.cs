using System.Net;
using IdentityProvider.Tests.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Account;

public sealed class EnteringTheAccount
{
    [Fact]
    public async Task Whoever_is_not_signed_in_signs_in_and_comes_back_to_the_page_asked_for()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);

        var login = await browser.OpenAsync("/account?tab=a%26b");
        Assert.Equal("/login", login.Url.AbsolutePath);
        Assert.Contains("your account", login.Text, StringComparison.Ordinal);

        var page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.Equal("/account?tab=a%26b", page.Url.PathAndQuery);
        Assert.Contains("Ada Lovelace", page.Text, StringComparison.Ordinal);
        Assert.NotNull(page.Document.QuerySelector("body.portal > nav ~ main#content"));
        Assert.Equal("page", page.Document.QuerySelector("nav a[href='/account']")!.GetAttribute("aria-current"));
    }

    [Fact]
    public async Task A_password_alone_does_not_open_the_account_of_somebody_with_a_second_factor()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAsync("/account");
        var question = await browser.SubmitAsync("Sign in", ("username", "otp"), ("password", TestDocument.Password));
        Assert.Equal("/mfa", question.Url.AbsolutePath);

        var again = await browser.OpenAsync("/account");
        Assert.Equal("/mfa", again.Url.AbsolutePath);
        Assert.DoesNotContain("otp@example.test", again.Text, StringComparison.Ordinal);

        var page = await browser.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp()));
        Assert.Equal("/account", page.Url.AbsolutePath);
        Assert.Contains("otp@example.test", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/consent")]
    [InlineData("/device")]
    [InlineData("/connect/authorize?client_id=web&")]
    public async Task The_ticket_of_an_account_page_opens_no_other_door(string path)
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var ticket = (await browser.OpenAsync("/account")).Query("ticket");
        await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));

        var page = await browser.OpenAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? "" : "?")}ticket={ticket}");
        Assert.NotEqual(HttpStatusCode.InternalServerError, page.Status);
        Assert.DoesNotContain(page.Document.QuerySelectorAll("button"), b => b.TextContent.Trim() is "Allow" or "Approve");
        Assert.DoesNotContain("code=", page.Url.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?ticket=")]
    [InlineData("?ticket=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("?ticket=https://evil.example")]
    public async Task A_continuation_that_is_none_leads_to_the_account(string query)
    {
        await using var host = await IdpHost.StartAsync();
        var answer = await host.Http.GetAsync("/continue" + query);
        Assert.Equal((HttpStatusCode.SeeOther, "/account"), (answer.StatusCode, answer.Headers.Location!.ToString()));
    }

    [Fact]
    public async Task Password_managers_find_the_page_that_changes_a_password_and_nothing_where_nothing_is()
    {
        await using var host = await IdpHost.StartAsync();
        var change = await host.Http.GetAsync("/.well-known/change-password");
        Assert.Equal((HttpStatusCode.SeeOther, "/account/password"), (change.StatusCode, change.Headers.Location!.ToString()));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200")).StatusCode);
    }
}
