using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Device;

/// <summary>RFC 8628 sections 3.3, 5.1 and 6.1.</summary>
public sealed class TypingCodes : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("{0}{1}{2}")]
    [InlineData("{0}-{1}-{2}")]
    [InlineData(" {0} {1} {2} ")]
    [InlineData("{0}–{1}—{2}")]
    [InlineData("{0}.{1}_{2}")]
    public async Task Only_the_digits_of_a_code_matter(string form)
    {
        var tv = await new Tv(host).StartAsync();
        var typed = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, [.. tv.UserCode.Split('-')]);
        using var browser = new Browser(host);
        var page = await TypeAsync(browser, typed);
        Assert.Equal("/login", page.Url.AbsolutePath);
        page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.Contains(tv.UserCode, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_expired_used_and_denied_codes_get_the_same_answer()
    {
        using var browser = new Browser(host);
        var expired = await new Tv(host).StartAsync();
        clock.Advance(TimeSpan.FromSeconds(601));
        var used = await new Tv(host).StartAsync();
        await used.ApproveAsync(browser);
        var denied = await new Tv(host).StartAsync();
        await denied.EnterAsync(browser);
        await browser.SubmitAsync("Deny");

        var unknown = await TypeAsync(browser, "0000-0000-0000");
        Assert.Contains("This code does not work", unknown.Text, StringComparison.Ordinal);
        foreach (var code in new[] { expired.UserCode, used.UserCode, denied.UserCode })
        {
            var page = await TypeAsync(browser, code);
            Assert.Equal(unknown.Status, page.Status);
            Assert.Equal(unknown.Text.Replace("0000-0000-0000", code, StringComparison.Ordinal), page.Text);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("abcd")]
    [InlineData("１２３４")]
    [InlineData("<script>alert(1)</script>")]
    public async Task What_is_no_code_is_answered_by_the_same_form(string typed)
    {
        using var browser = new Browser(host);
        var page = await TypeAsync(browser, typed);
        Assert.Equal("/device", page.Url.AbsolutePath);
        Assert.NotNull(page.Document.QuerySelector("#user_code-error"));
        Assert.Equal("true", page.Document.QuerySelector("#user_code")!.GetAttribute("aria-invalid"));
        Assert.Null(page.Document.QuerySelector("main script"));
    }

    [Fact]
    public async Task An_address_guesses_ten_times_an_hour_and_then_waits_and_no_code_is_looked_at()
    {
        await using var strict = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = { ["RateLimits:UserCodePerAddress:Permits"] = "10" } });
        using var browser = new Browser(strict);
        var tv = await new Tv(strict).StartAsync();
        for (var i = 0; i < 10; i++)
            Assert.Contains("This code does not work", (await TypeAsync(browser, $"0000-0000-000{i}")).Text, StringComparison.Ordinal);

        var (wrong, right) = (await TypeAsync(browser, "0000-0000-0000"), await TypeAsync(browser, tv.UserCode));
        Assert.Matches("Too many attempts. Try again in [0-9]+ minutes", wrong.Text);
        Assert.Equal(wrong.Text.Replace("0000-0000-0000", tv.UserCode, StringComparison.Ordinal), right.Text);
        Assert.Matches("Too many attempts", (await browser.OpenAsync(tv.Complete.PathAndQuery)).Text);

        clock.Advance(TimeSpan.FromHours(2));
        await tv.StartAsync();
        Assert.Equal("/login", (await TypeAsync(browser, tv.UserCode)).Url.AbsolutePath);
    }

    private static async Task<BrowserPage> TypeAsync(Browser browser, string code)
    {
        await browser.OpenAsync("/device");
        return await browser.SubmitAsync("Continue", ("user_code", code));
    }
}
