using System.Text.RegularExpressions;
using IdentityProvider.Tests.Testing;
using Microsoft.Playwright;

namespace IdentityProvider.Tests.Pages;

/// <summary>
/// Being on a page with all of it there. On a busy machine the driver loses events of a page that a redirect leads to, and waits for them
/// until its time is over, though nothing is on its way any more: the page itself knows where it is and whether it is whole.
/// </summary>
internal static class Arriving
{
    /// <param name="page">Where the browser is.</param>
    /// <param name="url">The whole address; ** is any text.</param>
    public static Task ArriveAsync(this IPage page, string url)
    {
        var pattern = "^" + string.Join("(.*)", url.Split("**").Select(part => string.Join("([^/]*)", part.Split('*').Select(Regex.Escape)))) + "$";
        return page.ArriveAsync(address => Regex.IsMatch(address, pattern));
    }

    public static Task ArriveAsync(this IPage page, Func<string, bool> url) => page.IsAsync(url);

    public static Task LoadedAsync(this IPage page) => page.IsAsync(_ => true);

    private static async Task IsAsync(this IPage page, Func<string, bool> url)
    {
        var seen = "nothing";
        try
        {
            await Eventually.HoldsAsync(async () =>
            {
                try
                {
                    seen = await page.EvaluateAsync<string>("document.readyState + ' ' + location.href");
                    return seen.Split(' ', 2) is ["complete", var address] && url(address);
                }
                catch (PlaywrightException)
                {
                    // It went on to the next page meanwhile.
                    return false;
                }
            });
        }
        catch (Xunit.Sdk.XunitException late)
        {
            throw new TimeoutException($"The browser is at {page.Url}, which says: {seen}", late);
        }
    }
}
