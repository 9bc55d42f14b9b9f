using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace IdentityProvider.Tests.Themes;

public sealed partial class ServingAssets
{
    [Fact]
    public async Task An_address_with_the_hash_of_the_content_is_kept_for_good()
    {
        await using var folder = new ThemeFolder().Write("theme.json", """{ "logo": "logo.svg" }""");
        using var browser = await folder.BrowserAsync();

        var addresses = Address().Matches(await folder.PageAsync()).Select(match => match.Value).Distinct().ToList();

        Assert.Equal(4, addresses.Count);
        foreach (var address in addresses)
        {
            using var response = await browser.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", response.Headers.CacheControl!.ToString());
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task A_hash_of_other_content_and_no_hash_are_answered_for_now_only()
    {
        await using var folder = new ThemeFolder().Write("theme.json", "{}").Write("assets/site.css", "body{color:red}");
        using var browser = await folder.BrowserAsync();

        foreach (var address in new[] { "/theme/site.000000000000.css", "/theme/site.css" })
        {
            using var response = await browser.GetAsync(address);
            Assert.True(response.Headers.CacheControl!.NoCache);
            Assert.Equal("body{color:red}", await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Changed_content_has_another_address()
    {
        await using var folder = new ThemeFolder().Write("theme.json", "{}").Write("assets/site.css", "body{color:red}");
        var before = await folder.PageAsync();

        folder.Write("assets/site.css", "body{color:green}");
        folder.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEqual(SiteCss().Match(before).Value, SiteCss().Match(await folder.PageAsync()).Value);
    }

    [Fact]
    public async Task What_a_browser_has_is_not_sent_again()
    {
        await using var folder = new ThemeFolder().Write("theme.json", "{}");
        using var browser = await folder.BrowserAsync();
        using var first = await browser.GetAsync("/theme/site.css");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/theme/site.css");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("site.css", "gzip", 12_000)]
    [InlineData("site.css", "br", 12_000)]
    [InlineData("page.js", "gzip", 8_000)]
    public async Task Style_and_script_travel_compressed_and_stay_small(string file, string coding, int budget)
    {
        await using var folder = new ThemeFolder().Write("theme.json", "{}");
        using var browser = await folder.BrowserAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/theme/{file}");
        request.Headers.Add("Accept-Encoding", coding);

        using var response = await browser.SendAsync(request);

        Assert.Equal(coding, Assert.Single(response.Content.Headers.ContentEncoding));
        Assert.InRange(response.Content.Headers.ContentLength!.Value, 100, budget);
    }

    [Theory]
    [InlineData("layout.liquid")]
    [InlineData("theme.json")]
    [InlineData("part.liquid")]
    [InlineData("evil.js")]
    [InlineData("notes.txt")]
    [InlineData(".hidden.css")]
    [InlineData("%2e%2e%2flayout.liquid")]
    [InlineData("..%2ftheme.json")]
    [InlineData("..%5ctheme.json")]
    [InlineData("assets%2fsite.css")]
    [InlineData("%2fetc%2fpasswd")]
    [InlineData("..%2f..%2foutside.css")]
    public async Task Nothing_but_the_assets_of_the_theme_is_served(string file)
    {
        await using var folder = new ThemeFolder()
            .Write("theme.json", "{}")
            .Write("assets/part.liquid", "secret")
            .Write("assets/evil.js", "secret")
            .Write("assets/notes.txt", "secret")
            .Write("assets/.hidden.css", "secret")
            .Write("../outside.css", "secret");
        using var browser = await folder.BrowserAsync();

        using var response = await browser.GetAsync(new Uri($"/theme/{file}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_theme_cannot_replace_the_script_of_the_pages()
    {
        await using var folder = new ThemeFolder().Write("theme.json", "{}").Write("assets/page.js", "steal()");
        using var browser = await folder.BrowserAsync();
        Assert.DoesNotContain("steal", await browser.GetStringAsync("/theme/page.js"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"/theme/[a-z]+\.[0-9a-f]{12}\.[a-z]+")]
    private static partial Regex Address();

    [GeneratedRegex(@"/theme/site\.[0-9a-f]{12}\.css")]
    private static partial Regex SiteCss();
}
