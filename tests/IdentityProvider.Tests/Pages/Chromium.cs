using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using IdentityProvider.Tests.House;
using Microsoft.Playwright;
using Xunit;

namespace IdentityProvider.Tests.Pages;

/// <summary>Debian's Chromium, started once for all page tests.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    private IPlaywright playwright = null!;

    public IBrowser Browser { get; private set; } = null!;

    public static string Executable => Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } path ? path : "/usr/bin/chromium";

    public async Task InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = Flags });
    }

    public async Task DisposeAsync()
    {
        await Browser.CloseAsync();
        playwright.Dispose();
    }

    /// <summary>A window of its own that remembers what went wrong in it: policy violations, script errors, foreign requests.</summary>
    public async Task<Window> OpenAsync(Uri server, BrowserNewContextOptions? options = null)
    {
        var context = await Browser.NewContextAsync(options ?? new());
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

[CollectionDefinition("Chromium")]
public sealed class ChromiumTests : ICollectionFixture<Chromium>;
