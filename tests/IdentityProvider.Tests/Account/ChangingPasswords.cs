using System.Net;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Account;

public sealed class ChangingPasswords : IAsyncLifetime
{
    private const string New = "a quite different one";
    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-11-24T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Everything_that_came_of_the_old_password_ends_and_this_browser_stays_signed_in()
    {
        using var elsewhere = new Browser(host);
        var offline = await new RelyingParty(host, "trusted").TokensAsync(elsewhere, "openid offline_access");
        using var browser = new Browser(host);
        var here = await new RelyingParty(host, "trusted").TokensAsync(browser, "openid offline_access");
        await browser.OpenAccountAsync("/account/password");
        var page = await browser.SubmitAsync("Save the password", ("password", New));

        Assert.Equal("/account/password", page.Url.AbsolutePath);
        Assert.Contains("Your password is changed", page.Text, StringComparison.Ordinal);
        Assert.Equal("Profile", (await browser.OpenAsync("/account")).Heading);
        Assert.Equal("/login", (await elsewhere.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("invalid_grant", (await new RelyingParty(host, "trusted").RefreshAsync(offline["refresh_token"]!)).Error);
        Assert.Equal(HttpStatusCode.OK, (await new RelyingParty(host, "trusted").RefreshAsync(here["refresh_token"]!)).Status);

        using var third = new Browser(host);
        Assert.Contains("is not right", (await third.OpenAccountAsync()).Text, StringComparison.Ordinal);
        Assert.Equal("Profile", (await third.OpenAccountAsync(password: New)).Heading);
    }

    [Fact]
    public async Task Its_owner_is_told_by_mail_and_the_browser_stays_a_known_one()
    {
        using var browser = new Browser(host);
        await browser.OpenAccountAsync("/account/password");
        await browser.SubmitAsync("Save the password", ("password", New));
        var mail = await host.MailAsync("ada@example.test");
        Assert.Equal("Your IdentityProvider password was changed", mail.Subject);
        Assert.Contains("24 November 2026, 10:00 UTC", mail.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain(New, mail.TextBody + mail.HtmlBody, StringComparison.Ordinal);

        using var stranger = new Browser(host);
        await stranger.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        for (var i = 0; i < 6; i++)
            await stranger.SubmitAsync("Sign in", ("username", "ada"), ("password", "wrong"));
        Assert.Contains("Too many attempts", stranger.Page.Text, StringComparison.Ordinal);
        await browser.OpenAsync("/account");
        clock.Advance(TimeSpan.FromMinutes(10));
        await browser.OpenAsync("/account/password");
        Assert.Equal("Password", (await browser.SubmitAsync("Continue", ("password", New))).Heading);
    }

    [Fact]
    public async Task A_session_left_open_is_not_enough_and_the_way_leads_back_here()
    {
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        clock.Advance(TimeSpan.FromMinutes(6));
        var page = await browser.OpenAsync("/account/password");
        Assert.Equal("Confirm it is you", page.Heading);
        page = await browser.SubmitAsync("Continue", ("password", TestDocument.Password));
        Assert.Equal("/account/password", page.Url.AbsolutePath);

        // Nor does a form that was open for long change anything.
        clock.Advance(TimeSpan.FromMinutes(6));
        page = await browser.SubmitAsync("Save the password", ("password", New));
        Assert.Equal("Confirm it is you", page.Heading);
        Assert.DoesNotContain("password=", page.Url.ToString(), StringComparison.Ordinal);
        page = await browser.SubmitAsync("Continue", ("password", TestDocument.Password));
        Assert.Equal("Password", page.Heading);
        Assert.Equal(PasswordOutcome.Right, await VerifyAsync(TestDocument.Password));
    }

    [Fact]
    public async Task All_broken_rules_are_said_beside_the_field_and_nothing_is_given_back()
    {
        using var browser = new Browser(host);
        await browser.OpenAccountAsync("/account/password");
        var page = await browser.SubmitAsync("Save the password", ("password", "monkey1"));
        Assert.Equal(["Use at least 12 characters", "Choose another password: many people use this one, or one much like it"], page.Document.QuerySelectorAll("#password-error .error > span").Select(e => e.LastChild!.TextContent));
        Assert.DoesNotContain("monkey1", page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Equal("ada", page.Document.QuerySelector("input[autocomplete=username]")!.GetAttribute("value"));
        Assert.Contains("Use more than your name", (await browser.SubmitAsync("Save the password", ("password", "ada.lovelace.1815"))).Text, StringComparison.Ordinal);
        Assert.Contains("Enter a new password", (await browser.SubmitAsync("Save the password", ("password", ""))).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.SubmitAsync("Save the password", ("password", new string('x', 4000)))).Status);
        Assert.Equal(PasswordOutcome.Right, await VerifyAsync(TestDocument.Password));
    }

    [Fact]
    public async Task Of_sixteen_changes_at_once_one_is_made()
    {
        using var browser = new Browser(host);
        var page = await browser.OpenAccountAsync("/account/password");
        var token = page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, host["/account/password"]) { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["password"] = $"{New} {i:00}", ["__RequestVerificationToken"] = token }) };
            request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(host.Issuer));
            using var answer = await host.Http.SendAsync(request);
            return (i, Changed: answer.StatusCode == HttpStatusCode.SeeOther);
        }));

        // Whoever read the account before the change that won is told so; who comes after it may change again.
        var changed = answers.Where(a => a.Changed).Select(a => a.i).ToList();
        Assert.NotEmpty(changed);
        var outcomes = await Task.WhenAll(answers.Select(async a => (a.i, Outcome: await VerifyAsync($"{New} {a.i:00}"))));
        Assert.Contains(Assert.Single(outcomes, o => o.Outcome == PasswordOutcome.Right).i, changed);
    }

    [Fact]
    public async Task Password_managers_find_the_page() =>
        Assert.Equal(host["/account/password"].PathAndQuery, (await host.Http.GetAsync("/.well-known/change-password")).Headers.Location!.ToString());

    private async Task<PasswordOutcome> VerifyAsync(string password) =>
        await ((Passwords)host.Services.GetService(typeof(Passwords))!).VerifyAsync(await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").Select(u => u.PasswordHash).FirstAsync()), password, default);
}
