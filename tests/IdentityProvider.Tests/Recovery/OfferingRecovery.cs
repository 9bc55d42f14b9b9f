using System.Net;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Recovery;

public sealed class OfferingRecovery
{
    [Fact]
    public async Task Switched_off_nothing_is_offered()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = { ["Recovery:Enabled"] = "false" } });
        using var browser = new Browser(host);
        var login = await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        Assert.DoesNotContain("Forgot", login.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync("/recover")).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await host.Http.GetAsync("/recover/password?token=x")).StatusCode);
    }

    [Fact]
    public async Task A_network_gets_ten_mails_an_hour()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = { ["RateLimits:MailsPerAddress:Permits"] = "10" } });
        using var browser = new Browser(host);
        for (var i = 0; i < 10; i++)
        {
            await browser.OpenAsync("/recover");
            Assert.Equal("Check your mail", (await browser.SubmitAsync("Send the mail", ("email", $"n{i}@example.test"))).Heading);
        }

        await browser.OpenAsync("/recover");
        var page = await browser.SubmitAsync("Send the mail", ("email", "ada@example.test"));
        Assert.Equal(HttpStatusCode.TooManyRequests, page.Status);
        Assert.True(page.Response.Headers.RetryAfter!.Delta > TimeSpan.FromMinutes(1));
        Assert.Empty(await host.MailsAsync("ada@example.test"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("ada@example.test,eve@example.test")]
    [InlineData("ada@example.test\r\nBcc: eve@example.test")]
    [InlineData("ａda＠example.test")]
    public async Task What_is_no_address_is_said(string email)
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAsync("/recover");
        var page = await browser.SubmitAsync("Send the mail", ("email", email));
        Assert.Equal("Forgot your password?", page.Heading);
        Assert.Contains(email.Length == 0 ? "Enter your e-mail address" : "Enter an e-mail address like name@example.com", page.Text, StringComparison.Ordinal);
    }
}
