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

    /// <summary>Title, one main and one heading, no sideways scroll, nothing blocked. Every page by itself is held to more in <see cref="LookingAtPages"/>.</summary>
    public async Task CheckAsync(string name)
    {
        Assert.Contains(" - IdentityProvider", await Page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await Page.Locator("main").CountAsync());
        Assert.Equal(1, await Page.Locator("h1").CountAsync());
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 })
            await Page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Root, "artifacts", "screenshots", $"{name}.png"), FullPage = true });
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
