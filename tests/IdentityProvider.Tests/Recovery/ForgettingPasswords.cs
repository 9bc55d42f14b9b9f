using System.Net;
using System.Text.RegularExpressions;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Recovery;

public sealed partial class ForgettingPasswords : IAsyncLifetime
{
    private const string New = "a quite different one", Mailbox = "ada@example.test";
    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-11-24T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_way_leads_from_the_sign_in_page_over_the_mail_back_to_the_client()
    {
        using var browser = new Browser(host);
        var login = await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        var page = await browser.OpenAsync(login.Document.QuerySelector("a[href*='/recover']")!.GetAttribute("href")!);
        page = await browser.SubmitAsync("Send the mail", ("email", Mailbox));
        Assert.Equal("Check your mail", page.Heading);
        Assert.Contains(Mailbox, page.Text, StringComparison.Ordinal);

        var mail = await host.MailAsync(Mailbox);
        Assert.StartsWith(host.Issuer.AbsoluteUri, mail.TextBody!.Split('\n').First(line => line.StartsWith("http", StringComparison.Ordinal)), StringComparison.Ordinal);
        page = await browser.OpenAsync(mail.Link());
        Assert.Equal("Choose a new password", page.Heading);
        Assert.Equal("ada", page.Document.QuerySelector("input[autocomplete=username]")!.GetAttribute("value"));
        page = await browser.SubmitAsync("Save the password", ("password", New));
        Assert.Equal("Your password is changed", page.Heading);
        Assert.Null(browser.Cookies.GetCookies(host.Issuer)["session"]);

        page = await browser.OpenAsync(page.Document.QuerySelector("main a.button")!.GetAttribute("href")!);
        Assert.Equal(Mailbox, page.Document.QuerySelector("#username")!.GetAttribute("value"));
        Assert.NotEmpty((await browser.SubmitAsync("Sign in", ("password", New))).Query("code"));
        Assert.Contains(await host.MailsAsync(Mailbox), told => told.Subject!.Contains("password was changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Everything_that_came_of_the_old_password_ends()
    {
        using var elsewhere = new Browser(host);
        var tokens = await new RelyingParty(host, "trusted").TokensAsync(elsewhere, "openid offline_access");
        using var browser = new Browser(host);
        await AskAsync(browser, Mailbox);
        await AskAsync(new Browser(host), "grace@example.test");
        await ResetAsync(browser, New);

        Assert.Equal("/login", (await elsewhere.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("invalid_grant", (await new RelyingParty(host, "trusted").RefreshAsync(tokens["refresh_token"]!)).Error);
        Assert.Contains("is not right", (await elsewhere.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_password_does_not_take_the_place_of_the_second_factor()
    {
        using var browser = new Browser(host);
        await AskAsync(browser, "otp@example.test");
        await ResetAsync(browser, New, "otp@example.test");
        Assert.Equal("/mfa", (await browser.OpenAccountAsync("/account", "otp", New)).Url.AbsolutePath);
    }

    [Fact]
    public async Task An_address_that_is_nobody_s_gets_the_same_answers_and_no_mail()
    {
        var known = await AnswersAsync(Mailbox);
        var unknown = await AnswersAsync("no1@example.test");
        Assert.Equal(known.Select(a => a.Replace(Mailbox, "WHO", StringComparison.Ordinal)), unknown.Select(a => a.Replace("no1@example.test", "WHO", StringComparison.Ordinal)));
        Assert.Empty(await host.MailsAsync("no1@example.test"));

        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "grace").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, clock.GetUtcNow())));
        var disabled = await AnswersAsync("grace@example.test");
        Assert.Equal(unknown.Select(a => a.Replace("no1@example.test", "WHO", StringComparison.Ordinal)), disabled.Select(a => a.Replace("grace@example.test", "WHO", StringComparison.Ordinal)));
        Assert.Empty(await host.MailsAsync("grace@example.test"));
    }

    [Fact]
    public async Task Programs_that_open_links_use_nothing_up_and_slips_cost_nothing()
    {
        using var browser = new Browser(host);
        await AskAsync(browser, Mailbox);
        var link = (await host.MailAsync(Mailbox)).Link();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync(link)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await host.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, link))).StatusCode);
        }

        var page = await browser.OpenAsync(link);
        for (var i = 0; i < 7; i++)
            page = await browser.SubmitAsync("Save the password", ("password", "monkey1"));
        Assert.Contains("Use at least 12 characters", page.Text, StringComparison.Ordinal);
        Assert.Equal("Your password is changed", (await browser.SubmitAsync("Save the password", ("password", New))).Heading);
    }

    [Fact]
    public async Task In_another_browser_the_link_wants_the_digits_and_the_request_stays_where_it_was()
    {
        using var browser = new Browser(host);
        var login = await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        await browser.OpenAsync(login.Document.QuerySelector("a[href*='/recover']")!.GetAttribute("href")!);
        await browser.SubmitAsync("Send the mail", ("email", Mailbox));
        var mail = await host.MailAsync(Mailbox);

        using var other = new Browser(host);
        var page = await other.OpenAsync(mail.Link());
        Assert.Equal("Enter the code", page.Heading);
        Assert.Null(page.Document.QuerySelector("input[type=password]"));
        page = await other.SubmitAsync("Continue", ("code", Wrong(mail.Code())));
        Assert.Contains("This code does not work", page.Text, StringComparison.Ordinal);
        page = await other.SubmitAsync("Continue", ("code", mail.Code()));
        Assert.Equal("Choose a new password", page.Heading);
        page = await other.SubmitAsync("Save the password", ("password", New));
        Assert.Equal("/account", page.Document.QuerySelector("main a.button")!.GetAttribute("href"));
    }

    [Fact]
    public async Task The_digits_alone_do_in_the_browser_that_asked_for_five_attempts()
    {
        using var browser = new Browser(host);
        await AskAsync(browser, Mailbox);
        var code = (await host.MailAsync(Mailbox)).Code();
        using var stranger = new Browser(host);
        await AskAsync(stranger, "no1@example.test");
        Assert.Contains("does not work", (await stranger.SubmitAsync("Continue", ("code", code))).Text, StringComparison.Ordinal);

        Assert.Equal("Choose a new password", (await browser.SubmitAsync("Continue", ("code", $"{code[..4]}-{code[4..]}"))).Heading);

        clock.Advance(TimeSpan.FromMinutes(2));
        await AskAsync(browser, Mailbox);
        code = (await host.MailAsync(Mailbox)).Code();
        for (var i = 0; i < 5; i++)
            await browser.SubmitAsync("Continue", ("code", Wrong(code)));
        Assert.Contains("does not work", (await browser.SubmitAsync("Continue", ("code", code))).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(29, HttpStatusCode.OK)]
    [InlineData(31, HttpStatusCode.Gone)]
    public async Task A_link_is_good_for_half_an_hour(int minutes, HttpStatusCode status)
    {
        using var browser = new Browser(host);
        await AskAsync(browser, Mailbox);
        var link = (await host.MailAsync(Mailbox)).Link();
        clock.Advance(TimeSpan.FromMinutes(minutes));
        var page = await browser.OpenAsync(link);
        Assert.Equal(status, page.Status);
        if (status == HttpStatusCode.Gone)
            Assert.Equal("/recover", page.Document.QuerySelector("main a.button")!.GetAttribute("href"));
    }

    [Fact]
    public async Task A_link_works_once_and_takes_older_ones_with_it()
    {
        using var browser = new Browser(host);
        await AskAsync(browser, Mailbox);
        var older = (await host.MailAsync(Mailbox)).Link();
        clock.Advance(TimeSpan.FromMinutes(2));
        await AskAsync(browser, Mailbox);
        var newer = (await host.MailAsync(Mailbox)).Link();
        await browser.OpenAsync(newer);
        await browser.SubmitAsync("Save the password", ("password", New));
        foreach (var link in new[] { older, newer })
            Assert.Equal("This link is no longer good", (await browser.OpenAsync(link)).Heading);
    }

    [Fact]
    public async Task Of_sixteen_uses_at_once_one_sets_the_password()
    {
        using var browser = new Browser(host);
        await AskAsync(browser, Mailbox);
        var page = await browser.OpenAsync((await host.MailAsync(Mailbox)).Link());
        var token = page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, page.Url) { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["password"] = $"{New} {i:00}", ["__RequestVerificationToken"] = token }) };
            request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(host.Issuer));
            using var answer = await host.Http.SendAsync(request);
            return (i, answer.StatusCode);
        }));
        var (winner, _) = Assert.Single(answers, a => a.StatusCode == HttpStatusCode.SeeOther);
        Assert.All(answers.Where(a => a.i != winner), a => Assert.Equal(HttpStatusCode.Gone, a.StatusCode));
        Assert.Equal("Profile", (await browser.OpenAccountAsync("/account", "ada", $"{New} {winner:00}")).Heading);
    }

    [Fact]
    public async Task A_locked_owner_comes_back_in_while_strangers_go_on_guessing()
    {
        using var stranger = new Browser(host);
        await GuessAsync(stranger, 6);
        using var browser = new Browser(host);
        await AskAsync(browser, Mailbox);
        await ResetAsync(browser, New);
        await GuessAsync(stranger, 6);
        Assert.Equal("Profile", (await browser.OpenAccountAsync("/account", "ada", New)).Heading);
    }

    [Fact]
    public async Task An_address_no_mail_can_go_to_is_nobody_s()
    {
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.Email, "ada\r\nBcc: eve@example.test")));
        using var browser = new Browser(host);
        await AskAsync(browser, Mailbox);
        Assert.Empty(await host.MailsAsync(Mailbox));
        Assert.Empty(await host.MailsAsync("eve@example.test"));
    }

    [Fact]
    public async Task An_address_that_was_changed_meanwhile_proves_nothing()
    {
        using var browser = new Browser(host);
        await AskAsync(browser, Mailbox);
        var link = (await host.MailAsync(Mailbox)).Link();
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.NormalizedEmail, "OTHER@EXAMPLE.TEST")));
        Assert.Equal("This link is no longer good", (await browser.OpenAsync(link)).Heading);
    }

    private static async Task AskAsync(Browser browser, string email)
    {
        await browser.OpenAsync("/recover");
        var page = await browser.SubmitAsync("Send the mail", ("email", email));
        Assert.Equal("Check your mail", page.Heading);
    }

    private async Task ResetAsync(Browser browser, string password, string mailbox = Mailbox)
    {
        await browser.OpenAsync((await host.MailAsync(mailbox)).Link());
        Assert.Equal("Your password is changed", (await browser.SubmitAsync("Save the password", ("password", password))).Heading);
    }

    private async Task GuessAsync(Browser browser, int times)
    {
        await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        for (var i = 0; i < times; i++)
            await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", "wrong"));
    }

    /// <summary>The answers to all that a stranger can ask with an address: first mail, too soon, a wrong code, another mail, one too many.</summary>
    private async Task<List<string>> AnswersAsync(string email)
    {
        using var browser = new Browser(host);
        var answers = new List<string>();
        await browser.OpenAsync("/recover");
        foreach (var (button, field, wait) in new[] { ("Send the mail", "email", 0), ("Send another mail", "", 0), ("Continue", "code", 0), ("Send another mail", "", 61), ("Send another mail", "", 61), ("Send another mail", "", 61) })
        {
            clock.Advance(TimeSpan.FromSeconds(wait));
            var page = await browser.SubmitAsync(button, field switch { "email" => [("email", email)], "code" => [("code", "0000 0000")], _ => [] });
            var headers = string.Join('\n', page.Response.Headers.Concat(page.Response.Content.Headers).Where(h => h.Key is not ("Date" or "Content-Length" or "Set-Cookie" or "Retry-After")).Select(h => $"{h.Key}: {string.Join(',', h.Value)}"));
            var words = Varying().Replace(page.Document.DocumentElement.OuterHtml, "");
            answers.Add($"{(int)page.Status}\n{headers}\n{words}");
        }

        Assert.Equal([200, 429, 200, 200, 200, 429], answers.Select(a => int.Parse(a[..3], System.Globalization.CultureInfo.InvariantCulture)));
        return answers;
    }

    /// <summary>The form's token, and how long is left: the clock moves between the addresses.</summary>
    [GeneratedRegex("(RequestVerificationToken\" type=\"hidden\" value=\"[A-Za-z0-9_-]+|Wait [0-9]+ minutes|data-countdown=\"[0-9]+\")")]
    private static partial Regex Varying();

    private static string Wrong(string code) => (code[0] == '9' ? '0' : (char)(code[0] + 1)) + code[1..];
}
