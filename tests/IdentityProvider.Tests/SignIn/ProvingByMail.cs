using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.SignIn;

/// <summary>The captcha without script.</summary>
public sealed class ProvingByMail
{
    private const string NotRight = "The code from our mail is not right";

    private static IdpSetup Setup() => new() { Settings = new() { ["Captcha:AfterFailures"] = "3", ["Users:Lockout:Failures"] = "20" } };

    [Fact]
    public async Task A_mailed_code_stands_for_the_proof_once()
    {
        await using var host = await IdpHost.StartAsync(Setup());
        using var browser = new Browser(host);
        await FailAsync(browser, host, "ada");
        Assert.Contains("Enter your password again", (await TryAsync(browser, "ada", TestDocument.Password, "")).Text, StringComparison.Ordinal);
        Assert.Contains("a code is on its way", (await browser.SubmitAsync("Mail me a code", ("username", "ada"))).Text, StringComparison.Ordinal);
        var code = (await host.MailAsync("ada@example.test")).Code();
        Assert.Contains("password is not right", (await TryAsync(browser, "ada", "wrong", code)).Text, StringComparison.Ordinal);
        Assert.Contains(NotRight, (await TryAsync(browser, "ada", TestDocument.Password, code)).Text, StringComparison.Ordinal);
        await browser.SubmitAsync("Mail me a code", ("username", "ada"));
        Assert.Equal("/consent", (await TryAsync(browser, "ada", TestDocument.Password, (await host.MailAsync("ada@example.test")).Code())).Url.AbsolutePath);
    }

    [Fact]
    public async Task A_code_of_one_name_is_good_for_no_other_and_in_no_other_browser()
    {
        await using var host = await IdpHost.StartAsync(Setup());
        using var browser = new Browser(host);
        await FailAsync(browser, host, "otp");
        await FailAsync(browser, host, "ada");
        await browser.SubmitAsync("Mail me a code", ("username", "ada"));
        var code = (await host.MailAsync("ada@example.test")).Code();
        Assert.Contains(NotRight, (await TryAsync(browser, "otp", TestDocument.Password, code)).Text, StringComparison.Ordinal);
        using var other = new Browser(host);
        await other.OpenAsync(new RelyingParty(host).AuthorizeUrl());
        await TryAsync(other, "ada", "wrong", "");
        Assert.Contains(NotRight, (await TryAsync(other, "ada", TestDocument.Password, code)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_name_an_unproven_address_and_a_known_one_get_the_same_page()
    {
        await using var host = await IdpHost.StartAsync(Setup());
        var pages = new List<(System.Net.HttpStatusCode, string, string)>();
        foreach (var name in new[] { "ada", "grace", "nobody", "nobody@example.test" })
        {
            using var browser = new Browser(host);
            await FailAsync(browser, host, name);
            var sent = await browser.SubmitAsync("Mail me a code", ("username", name));
            var headers = string.Join('\n', sent.Response.Headers.Where(h => h.Key is not ("Date" or "Set-Cookie")).Select(h => $"{h.Key}: {string.Join(',', h.Value)}"));
            var tried = await TryAsync(browser, name, TestDocument.Password, "12345678");
            pages.Add((sent.Status, headers, sent.Text + tried.Text));
        }

        Assert.All(pages, page => Assert.Equal(pages[0], page));
        Assert.Empty(await host.MailsAsync("grace@example.test"));
    }

    [Fact]
    public async Task Mails_to_one_name_are_limited_whether_or_not_it_exists()
    {
        await using var host = await IdpHost.StartAsync(Setup());
        foreach (var name in new[] { "ada", "nobody" })
        {
            using var browser = new Browser(host);
            await FailAsync(browser, host, name);
            for (var i = 0; i < 3; i++)
                Assert.Contains("on its way", (await browser.SubmitAsync("Mail me a code", ("username", name))).Text, StringComparison.Ordinal);
            var page = await browser.SubmitAsync("Mail me a code", ("username", name));
            Assert.Equal(System.Net.HttpStatusCode.TooManyRequests, page.Status);
        }
    }

    [Theory]
    [MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Of_sixteen_parallel_uses_of_a_mailed_code_one_is_a_proof(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var host = await IdpHost.StartAsync(Setup() with { Database = database.Options });
        using var browser = new Browser(host);
        await FailAsync(browser, host, "ada");
        var page = await browser.SubmitAsync("Mail me a code", ("username", "ada"));
        var fields = page.Document.QuerySelector("#password")!.Closest("form")!.QuerySelectorAll("input[type=hidden]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!);
        fields["username"] = "ada";
        fields["password"] = "wrong";
        fields["mailcode"] = (await host.MailAsync("ada@example.test")).Code();
        var cookies = browser.Cookies.GetCookieHeader(host.Issuer);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/login?ticket={page.Query("ticket")}") { Content = new FormUrlEncodedContent(fields) };
            request.Headers.Add("Cookie", cookies);
            using var answer = await host.Http.SendAsync(request);
            return await answer.Content.ReadAsStringAsync();
        }));

        // Who had the proof hears that the password is wrong; the others are not that far.
        Assert.Single(answers, answer => answer.Contains("password is not right", StringComparison.Ordinal));
        Assert.Equal(15, answers.Count(answer => answer.Contains(NotRight, StringComparison.Ordinal)));
    }

    private static async Task FailAsync(Browser browser, IdpHost host, string username)
    {
        await browser.OpenAsync(new RelyingParty(host).AuthorizeUrl());
        for (var i = 0; i < 3; i++)
            await browser.SubmitAsync("Sign in", ("username", username), ("password", "wrong"));
    }

    private static Task<BrowserPage> TryAsync(Browser browser, string username, string password, string code) =>
        browser.SubmitAsync("Sign in", ("username", username), ("password", password), ("mailcode", code));
}
