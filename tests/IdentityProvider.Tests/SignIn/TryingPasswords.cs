using System.Net;
using System.Text.RegularExpressions;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.SignIn;

public sealed partial class TryingPasswords : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-11-24T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_known_and_an_unknown_name_get_the_same_answer_and_the_same_lock()
    {
        var known = await TriesAsync("ada");
        var unknown = await TriesAsync("nobody");
        Assert.Equal(known.Select(k => k.Replace("ada", "NAME", StringComparison.Ordinal)), unknown.Select(u => u.Replace("nobody", "NAME", StringComparison.Ordinal)));
        Assert.Contains("The name or the password is not right", known[4], StringComparison.Ordinal);
        Assert.Contains("Too many attempts. Try again in 30 minutes.", known[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lock_is_on_the_account_holds_for_thirty_minutes_and_a_right_password_forgets()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await browser.OpenAsync(client.AuthorizeUrl());
        for (var i = 0; i < 5; i++)
            await browser.SubmitAsync("Sign in", ("username", i % 2 == 0 ? "grace" : "GRACE@example.test"), ("password", "wrong"));
        var page = await browser.SubmitAsync("Sign in", ("username", "grace@example.test"), ("password", TestDocument.Password));
        Assert.Contains("Too many attempts", page.Text, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(31));
        page = await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", TestDocument.Password));
        Assert.NotEmpty(page.Query("code"));
    }

    [Fact]
    public async Task Somebody_else_may_sign_in_where_the_question_is_whether_it_is_you()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await client.SignInAsync(browser);
        clock.Advance(TimeSpan.FromSeconds(5));
        var page = await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "login")));
        Assert.Equal("Confirm it is you", page.Heading);
        page = await browser.OpenAsync(new Uri(page.Url, page.Document.QuerySelector("a[href*=switch]")!.GetAttribute("href")).ToString());
        Assert.Equal("Sign in", page.Heading);
        Assert.Null(page.Document.QuerySelector("[role=alert]"));
        Assert.NotEmpty((await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", TestDocument.Password))).Query("code"));
    }

    [Fact]
    public async Task A_network_has_a_limit()
    {
        await using var strict = await IdpHost.StartAsync(new IdpSetup { Settings = { ["RateLimits:SignInPerAddress:Permits"] = "3" } });
        using var browser = new Browser(strict);
        await browser.OpenAsync(new RelyingParty(strict, "trusted").AuthorizeUrl());
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await browser.SubmitAsync("Sign in", ("username", $"n{i}"), ("password", "wrong"))).Status);
        var page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.Equal(HttpStatusCode.TooManyRequests, page.Status);
        Assert.True(page.Response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_form_without_its_token_or_from_another_site_signs_nobody_in()
    {
        using var browser = new Browser(host);
        var login = await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        var fields = new Dictionary<string, string> { ["username"] = "ada", ["password"] = TestDocument.Password };
        var page = await browser.PostAsync(login.Url, fields);
        Assert.Equal("Sign in", page.Heading);

        using var foreign = new HttpRequestMessage(HttpMethod.Post, login.Url) { Content = new FormUrlEncodedContent(fields) };
        foreign.Headers.Add("Origin", "https://evil.test");
        Assert.Equal(HttpStatusCode.Forbidden, (await host.Http.SendAsync(foreign)).StatusCode);
    }

    [Fact]
    public async Task A_new_sign_in_has_a_new_cookie_and_the_old_one_is_dead()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await client.SignInAsync(browser);
        var first = browser.Cookies.GetCookies(host.Issuer)["session"]!.Value;
        clock.Advance(TimeSpan.FromSeconds(5));
        await client.SignInAsync(browser, "openid", "ada", ("prompt", "login"));
        Assert.NotEqual(first, browser.Cookies.GetCookies(host.Issuer)["session"]!.Value);

        using var old = new HttpRequestMessage(HttpMethod.Get, client.AuthorizeUrl("openid", ("prompt", "none")));
        old.Headers.Add("Cookie", $"session={first}");
        Assert.Contains("login_required", (await host.Http.SendAsync(old)).Headers.Location!.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    public async Task An_idle_session_ends_after_an_hour(int minutes, bool alive)
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await client.SignInAsync(browser);
        clock.Advance(TimeSpan.FromMinutes(minutes));
        Assert.Equal(alive, (await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("code").Length > 0);
    }

    private async Task<List<string>> TriesAsync(string name)
    {
        using var browser = new Browser(host);
        await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        var answers = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            var page = await browser.SubmitAsync("Sign in", ("username", name), ("password", "not the password"));
            var headers = string.Join('\n', page.Response.Headers.Concat(page.Response.Content.Headers).Where(h => h.Key is not ("Date" or "Content-Length" or "Set-Cookie")).Select(h => $"{h.Key}: {string.Join(',', h.Value)}"));
            answers.Add($"{(int)page.Status}\n{headers}\n{Secrets().Replace(page.Document.DocumentElement.OuterHtml, "")}");
        }

        return answers;
    }

    [GeneratedRegex("(ticket=|RequestVerificationToken\" type=\"hidden\" value=\")[A-Za-z0-9_-]+")]
    private static partial Regex Secrets();
}
