using IdentityProvider.Tests.House;
using Microsoft.Playwright;
using Xunit;

namespace IdentityProvider.Tests.Pages;

/// <summary>The console; on a stage of its own, so that both halves of the pages are looked at side by side.</summary>
public sealed class LookingAtTheConsole(Stage stage) : LookingAtPages(stage), IClassFixture<Stage>
{
    public static TheoryData<string> States => [.. PageState.All.Select(s => s.Name).Where(IsOfTheConsole)];

    [ChromiumTheory, MemberData(nameof(States))]
    public Task A_page_keeps_the_rules(string name) => LookAsync(name);
}

/// <summary>The pages that everybody sees.</summary>
[Collection(PagesCollection.Name)]
public sealed class LookingAtHostedPages(Stage stage) : LookingAtPages(stage)
{
    public static TheoryData<string> States => [.. PageState.All.Select(s => s.Name).Where(name => !IsOfTheConsole(name))];

    [ChromiumTheory, MemberData(nameof(States))]
    public Task A_page_keeps_the_rules(string name) => LookAsync(name);
}

/// <summary>Every page in every state: the rules of experience, axe, and, where SCREENSHOTS is set, a picture of each look in artifacts/screenshots.</summary>
public abstract class LookingAtPages(Stage stage)
{
    private static readonly string Pictures = Directory.CreateDirectory(Path.Combine(Checkout.Root, "artifacts", "screenshots")).FullName;

    protected static bool IsOfTheConsole(string name) => name.StartsWith("admin-", StringComparison.Ordinal);

    protected async Task LookAsync(string name)
    {
        var state = PageState.All.Single(s => s.Name == name);
        await using var tab = await stage.OpenTabAsync();
        await state.OpenAsync(stage, tab);
        var page = tab.Page;
        await page.LoadedAsync();
        List<string> broken = [.. await PageRules.StructureAsync(page, state), .. await PageRules.AxeAsync(page)];
        await PictureAsync(page, $"{name}-light");

        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        broken.AddRange(await PageRules.AxeAsync(page, "color-contrast"));
        await PictureAsync(page, $"{name}-dark");

        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light, ForcedColors = ForcedColors.Active });
        broken.AddRange(await PageRules.ForcedColoursAsync(page));
        await PictureAsync(page, $"{name}-forced");

        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ForcedColors = ForcedColors.None });
        broken.AddRange(await PageRules.FitAsync(page, 320, 256));
        broken.AddRange(await PageRules.FitAsync(page, 320, 640));
        await PictureAsync(page, $"{name}-320");
        await PageRules.SpaceTextAsync(page);
        broken.AddRange((await PageRules.FitAsync(page, 320, 640)).Concat(await PageRules.FitAsync(page, 1280, 800)).Select(b => $"text spacing, {b}"));

        broken.AddRange(tab.Faults);
        broken.AddRange(PageRules.Strangers(tab, stage.Host.Issuer, new Uri(page.Url)));
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    /// <summary>For people to look at, where SCREENSHOTS is set: four for each page take a minute of the run.</summary>
    private static Task PictureAsync(IPage page, string name) => Environment.GetEnvironmentVariable("SCREENSHOTS") is not { Length: > 0 }
        ? Task.CompletedTask
        : page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, $"{name}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });
}
