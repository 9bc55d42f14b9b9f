using Microsoft.Playwright;

namespace IdentityProvider.Tests.Pages;

/// <summary>The browser of the machine, from <c>CHROMIUM</c> or Debian's place.</summary>
internal static class Chromium
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    public static string Executable { get; } = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } path ? path : "/usr/bin/chromium";

    /// <summary>Why tests are skipped; null in CI, where they fail instead.</summary>
    public static string? Missing => Environment.GetEnvironmentVariable("CI") == "true" || File.Exists(Executable) ? null : $"There is no Chromium at {Executable}.";

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) =>
        playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = Arguments, Headless = true });
}
