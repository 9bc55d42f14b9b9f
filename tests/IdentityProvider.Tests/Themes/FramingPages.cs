using AngleSharp.Html.Parser;
using Xunit;

namespace IdentityProvider.Tests.Themes;

public sealed class FramingPages
{
    private const string Frame = "<html lang=\"{{ lang }}\"><title>{{ title }}</title><body class=\"mine\">{{ body }}</body></html>";

    [Fact]
    public async Task A_theme_of_a_logo_and_a_name_takes_the_rest_from_the_built_in_one()
    {
        await using var folder = new ThemeFolder()
            .Write("theme.json", """{ "product_name": "Corner Shop", "logo": "sign.svg", "links": { "help": "/help" } }""")
            .Write("assets/sign.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");

        var page = new HtmlParser().ParseDocument(await folder.PageAsync());

        Assert.Equal("Sign in - Corner Shop", page.Title);
        Assert.StartsWith("/theme/sign.", page.QuerySelector("header img")!.GetAttribute("src"), StringComparison.Ordinal);
        Assert.Equal(2, page.QuerySelectorAll("link[rel=stylesheet]").Length);
        Assert.Equal("/help", page.QuerySelector("footer a")!.GetAttribute("href"));
        Assert.Equal("Hello", page.QuerySelector("main p")!.TextContent);
        Assert.Empty(folder.Errors);
    }

    [Fact]
    public async Task Names_and_titles_are_text_and_never_markup()
    {
        await using var folder = new ThemeFolder { ProductName = "<script>alert(1)</script>\"'&" }.Write("theme.json", "{}");

        var html = await folder.PageAsync(title: "</title><img src=x onerror=alert(1)>");

        var page = new HtmlParser().ParseDocument(html);
        Assert.Equal("</title><img src=x onerror=alert(1)> - <script>alert(1)</script>\"'&", page.Title);
        Assert.Equal("<script>alert(1)</script>\"'&", page.QuerySelector("header bdi")!.TextContent);
        Assert.Single(page.Scripts);
        Assert.Null(page.QuerySelector("[onerror]"));
    }

    [Fact]
    public async Task A_layout_that_places_no_navigation_gets_it_with_the_body()
    {
        await using var folder = new ThemeFolder().Write("theme.json", "{}").Write("layout.liquid", Frame);
        Assert.Contains("<nav>Places</nav><p>Hello</p>", await folder.PageAsync(navigation: "<nav>Places</nav>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_form_says_so_first_in_the_title()
    {
        await using var folder = new ThemeFolder().Write("theme.json", "{}");
        Assert.Contains("<title>Error: Sign in - Acme</title>", await folder.PageAsync(failed: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_file_shows_within_a_second_and_without_a_restart()
    {
        await using var folder = new ThemeFolder().Write("theme.json", "{}").Write("layout.liquid", Frame);
        Assert.Contains("class=\"mine\"", await folder.PageAsync(), StringComparison.Ordinal);

        folder.Write("layout.liquid", Frame.Replace("mine", "yours, and longer", StringComparison.Ordinal));
        folder.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("class=\"yours, and longer\"", await folder.PageAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_behind_a_link_is_watched_where_it_really_is()
    {
        await using var folder = new ThemeFolder().Write("v1/theme.json", """{ "product_name": "First" }""").Write("v2/theme.json", """{ "product_name": "Second" }""");
        Directory.CreateSymbolicLink(folder.PathOf("..data"), "v1");
        File.CreateSymbolicLink(folder.PathOf("theme.json"), "..data/theme.json");
        Assert.Contains("Sign in - First", await folder.PageAsync(), StringComparison.Ordinal);

        Directory.Delete(folder.PathOf("..data"));
        Directory.CreateSymbolicLink(folder.PathOf("..data"), "v2");
        folder.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains("Sign in - Second", await folder.PageAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("theme.json", "{ \"colors\": ", "theme.json")]
    [InlineData("theme.json", "{ \"colour\": {} }", "colour")]
    [InlineData("theme.json", "{ \"logo\": \"../../secret.svg\" }", "secret.svg")]
    [InlineData("theme.json", "{ \"logo\": \"nowhere.svg\" }", "nowhere.svg")]
    [InlineData("theme.json", "{ \"links\": { \"help\": \"javascript:alert(1)\" } }", "links.help")]
    [InlineData("theme.json", "{ \"links\": { \"terms\": \"//elsewhere.example\" } }", "links.terms")]
    [InlineData("theme.json", "{ \"product_name\": \"\" }", "product_name")]
    [InlineData("layout.liquid", "{% if %}", "layout.liquid")]
    [InlineData("layout.liquid", "<html>no page</html>", "body")]
    [InlineData("layout.liquid", "{{ body }}{% for i in (1..1000000) %}x{% endfor %}", "layout.liquid")]
    [InlineData("layout.liquid", "{{ body }}{{ 'none.css' | asset }}", "none.css")]
    [InlineData("layout.liquid", "{{ body }}{% include 'theme.json' %}", "layout.liquid")]
    public async Task A_theme_with_a_fault_gives_way_to_the_built_in_one_and_the_log_says_why_once(string file, string content, string reason)
    {
        await using var folder = new ThemeFolder().Write("theme.json", "{}").Write(file, content);

        for (var i = 0; i < 3; i++)
        {
            Assert.Contains("<main id=\"content\">", await folder.PageAsync(), StringComparison.Ordinal);
            folder.Time.Advance(TimeSpan.FromSeconds(2));
        }
        Assert.Contains(reason, Assert.Single(folder.Errors), StringComparison.Ordinal);

        folder.Write("theme.json", "{}").Write("layout.liquid", Frame);
        folder.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("class=\"mine\"", await folder.PageAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_theme_that_fails_on_one_page_only_still_lets_that_page_through()
    {
        await using var folder = new ThemeFolder().Write("theme.json", "{}")
            .Write("layout.liquid", Frame + "{% if title contains 'Consent' %}{{ 'none.css' | asset }}{% endif %}");
        Assert.Contains("class=\"mine\"", await folder.PageAsync(), StringComparison.Ordinal);

        Assert.Contains("<main id=\"content\">", await folder.PageAsync(title: "Consent"), StringComparison.Ordinal);
        Assert.Contains("<main id=\"content\">", await folder.PageAsync(title: "Consent"), StringComparison.Ordinal);

        Assert.Single(folder.Errors);
    }

    [Fact]
    public async Task A_theme_that_does_not_exist_gives_way_too()
    {
        await using var folder = new ThemeFolder();
        Assert.Contains("<main id=\"content\">", await folder.PageAsync(), StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Single(folder.Errors), StringComparison.Ordinal);
    }
}
