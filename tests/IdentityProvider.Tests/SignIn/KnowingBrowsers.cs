using System.Net;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.SignIn;

/// <summary>A stranger who locks a name does not lock its owner out.</summary>
public sealed class KnowingBrowsers : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-11-24T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_owner_signs_in_where_they_did_before_while_the_name_is_locked_for_others()
    {
        using var owner = await KnownAsync("ada");
        using var stranger = new Browser(host);
        await FailAsync(stranger, "ada", 6);
        Assert.Equal(HttpStatusCode.TooManyRequests, stranger.Page.Status);

        Assert.NotEmpty((await SignInAsync(owner, "ada", TestDocument.Password)).Query("code"));

        // The owner's success gives the stranger no new attempts.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SignInAsync(stranger, "ada", TestDocument.Password)).Status);
        Assert.Equal("1800", stranger.Page.Response.Headers.GetValues("Retry-After").Single());
    }

    [Fact]
    public async Task A_known_browser_has_no_more_attempts_than_others()
    {
        using var browser = await KnownAsync("ada");
        await FailAsync(browser, "ada", 5);
        Assert.Contains("Try again in 30 minutes", (await SignInAsync(browser, "ada@example.test", TestDocument.Password)).Text, StringComparison.Ordinal);

        // From elsewhere nothing was tried.
        using var other = new Browser(host);
        Assert.NotEmpty((await SignInAsync(other, "ada", TestDocument.Password)).Query("code"));
    }

    [Fact]
    public async Task Sixteen_parallel_attempts_of_a_known_browser_get_five_checks()
    {
        using var browser = await KnownAsync("grace");
        var login = await OpenAsync(browser);
        var token = login.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, login.Url) { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = "grace", ["password"] = "wrong", ["__RequestVerificationToken"] = token }) };
            request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(host.Issuer));
            return (await host.Http.SendAsync(request)).StatusCode;
        }));
        Assert.Equal(5, answers.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(11, answers.Count(status => status == HttpStatusCode.TooManyRequests));
    }

    [Theory]
    [InlineData("other person")]
    [InlineData("too old")]
    [InlineData("another password since")]
    [InlineData("changed")]
    public async Task A_proof_of_somebody_else_or_of_before_opens_nothing(string why)
    {
        using var owner = await KnownAsync(why == "other person" ? "grace" : "ada");
        var cookie = owner.Cookies.GetCookies(host.Issuer)["known"]!;
        if (why == "too old")
            clock.Advance(TimeSpan.FromDays(181));
        if (why == "another password since")
            await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.SecurityStamp, "another")));

        using var stranger = new Browser(host);
        await FailAsync(stranger, "ada", 5);
        using var holder = new Browser(host);
        holder.Cookies.Add(host.Issuer, new Cookie("known", why == "changed" ? Changed(cookie.Value) : cookie.Value));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SignInAsync(holder, "ada", TestDocument.Password)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".......")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("%00%ff.\"")]
    public async Task Whatever_stands_in_the_cookie_is_no_error(string value)
    {
        using var browser = new Browser(host);
        await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        browser.Cookies.Add(host.Issuer, new Cookie("known", Uri.EscapeDataString(value)));
        var page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.NotEmpty(page.Query("code"));
    }

    [Fact]
    public async Task A_browser_that_several_people_use_knows_the_last_four_of_them()
    {
        using var browser = await KnownAsync("ada");
        await SignInAsync(browser, "grace", TestDocument.Password);
        using var stranger = new Browser(host);
        await FailAsync(stranger, "ada", 5);
        await FailAsync(stranger, "grace", 5);
        Assert.NotEmpty((await SignInAsync(browser, "ada", TestDocument.Password)).Query("code"));
        Assert.NotEmpty((await SignInAsync(browser, "grace", TestDocument.Password)).Query("code"));
    }

    [Fact]
    public async Task It_can_be_switched_off()
    {
        await using var off = await IdpHost.StartAsync(new IdpSetup { Settings = { ["Users:Lockout:KnownBrowserDays"] = "0" } });
        using var browser = new Browser(off);
        await new RelyingParty(off, "trusted").SignInAsync(browser);
        Assert.Null(browser.Cookies.GetCookies(off.Issuer)["known"]);
    }

    private async Task<Browser> KnownAsync(string username)
    {
        var browser = new Browser(host);
        Assert.NotEmpty((await SignInAsync(browser, username, TestDocument.Password)).Query("code"));
        return browser;
    }

    private async Task<BrowserPage> SignInAsync(Browser browser, string username, string password)
    {
        await OpenAsync(browser);
        return await browser.SubmitAsync("Sign in", ("username", username), ("password", password));
    }

    /// <summary>The sign-in page, without the session of before.</summary>
    private Task<BrowserPage> OpenAsync(Browser browser)
    {
        if (browser.Cookies.GetCookies(host.Issuer)["session"] is { } session)
            session.Expired = true;
        return browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
    }

    private async Task FailAsync(Browser browser, string username, int times)
    {
        for (var i = 0; i < times; i++)
            await SignInAsync(browser, username, "wrong");
    }

    private static string Changed(string value) => value[..^1] + (value[^1] == 'A' ? 'B' : 'A');
}
