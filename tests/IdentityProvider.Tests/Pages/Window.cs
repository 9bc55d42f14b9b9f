using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using IdentityProvider.Tests.House;
using Microsoft.Playwright;
using Xunit;

namespace IdentityProvider.Tests.Pages;

/// <summary>The browser, started once for all walks.</summary>
public sealed class Windows : IAsyncLifetime
{
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public async Task InitializeAsync()
    {
        if (Chromium.Missing is not null)
            return;
        playwright = await Playwright.CreateAsync();
        browser = await Chromium.LaunchAsync(playwright);
    }

    public async Task DisposeAsync()
    {
        if (browser is null)
            return;
        await browser.CloseAsync();
        playwright.Dispose();
    }

    /// <summary>A window of its own that remembers what went wrong in it: policy violations, script errors, foreign requests.</summary>
    public async Task<Window> OpenAsync(Uri server, BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options ?? new());
        return new Window(await context.NewPageAsync(), server);
    }
}

/// <summary>One browser window and what must hold on every page it shows.</summary>
public sealed class Window : IAsyncDisposable
{
    private readonly List<string> problems = [];

    public Window(IPage page, Uri server)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            // Chromium reports the status of an error page itself as one.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                problems.Add(message.Text);
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400 && !response.Request.IsNavigationRequest)
                problems.Add($"{response.Status} {response.Url}");
        };
        page.PageError += (_, error) => problems.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.IsNavigationRequest && new Uri(request.Url) is { Scheme: not "data" } url && url.Authority != server.Authority)
                problems.Add($"foreign request: {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>Accessibility, title, one main and one heading, no sideways scroll, nothing blocked; keeps a screenshot.</summary>
    public async Task CheckAsync(string name, bool systemColours = false)
    {
        Assert.Contains(" - IdentityProvider", await Page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await Page.Locator("main").CountAsync());
        Assert.Equal(1, await Page.Locator("h1").CountAsync());
        var shot = Path.Combine(Checkout.Root, "artifacts", "screenshots", $"{name}.png");
        await Page.ScreenshotAsync(new() { Path = shot, FullPage = true });

        // Forced colours are the person's own: axe would compare with colours that are not shown.
        var axe = await Page.RunAxe(systemColours ? new() { Rules = new Dictionary<string, RuleOptions> { ["color-contrast"] = new() { Enabled = false } } } : new());
        var violations = string.Join('\n', axe.Violations.Select(v => $"{name}: {v.Id}: {v.Help}: {string.Join(", ", v.Nodes.Select(n => n.Html))}"));
        Assert.True(violations.Length == 0, violations);
        Assert.True(await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), $"{name} scrolls sideways");
        Assert.Empty(problems);
    }

    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}

[CollectionDefinition(Name)]
public sealed class WalksCollection : ICollectionFixture<Windows>
{
    public const string Name = "Walks";
}
