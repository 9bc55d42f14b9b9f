using System.Collections.Concurrent;
using IdentityProvider.Tests.Testing;
using Microsoft.Playwright;

namespace IdentityProvider.Tests.Pages;

/// <summary>A window of the browser that remembers what went wrong in it and whom it asked.</summary>
internal sealed class Tab(IBrowserContext context) : IAsyncDisposable
{
    private IPage? page;

    public IBrowserContext Context => context;
    public IPage Page => page ?? throw new InvalidOperationException("Nothing was opened.");

    /// <summary>Console errors, policy violations and exceptions. A document's own status of 4xx is none: Chromium logs that too.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    public ConcurrentQueue<Uri> Requested { get; } = [];

    public async Task<IPage> OpenAsync(IdpHost host, string path)
    {
        await StartAsync();
        await Page.GotoAsync(new Uri(host.Issuer, path).ToString());
        return Page;
    }

    public async Task StartAsync()
    {
        if (page is not null)
            return;
        page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !IsStatusOfDocument(message))
                Faults.Enqueue($"{message.Type}: {message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => Faults.Enqueue(error);
        page.Dialog += async (_, dialog) =>
        {
            Faults.Enqueue($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
        page.Request += (_, request) => Requested.Enqueue(new Uri(request.Url));
    }

    public Task SignInAsync(string username = "ada", string password = TestDocument.Password) => FillAndSubmitAsync("Sign in", ("username", username), ("password", password));

    public async Task FillAndSubmitAsync(string button, params (string Id, string Value)[] fields)
    {
        foreach (var (id, value) in fields)
            await Page.Locator($"#{id}").FillAsync(value);
        await PressAsync(button);
    }

    public Task PressAsync(string button) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = button, Exact = true }).ClickAsync();

    /// <summary>Takes the Refresh header off the next hand-over, which nobody would have the time to look at.</summary>
    public Task HoldHandOverAsync() => Page.RouteAsync("**/*", async route =>
    {
        if (route.Request.Method != "POST")
        {
            await route.ContinueAsync();
            return;
        }

        var response = await route.FetchAsync(new RouteFetchOptions { MaxRedirects = 0 });
        await route.FulfillAsync(new RouteFulfillOptions { Response = response, Headers = response.Headers.Where(h => h.Key != "refresh").ToDictionary() });
    });

    private bool IsStatusOfDocument(IConsoleMessage message) =>
        message.Text.StartsWith("Failed to load resource: the server responded with a status of 4", StringComparison.Ordinal) && message.Location.StartsWith(Page.Url, StringComparison.Ordinal);

    public ValueTask DisposeAsync() => context.DisposeAsync();
}
