namespace IdentityProvider.Tests.Testing;

/// <summary>The way into the account portal.</summary>
internal static class Portal
{
    /// <summary>Opens a page of the account, signing in if that is asked.</summary>
    public static async Task<BrowserPage> OpenAccountAsync(this Browser browser, string path = "/account", string username = "ada", string password = TestDocument.Password)
    {
        var page = await browser.OpenAsync(path);
        if (page.Url.AbsolutePath != "/login")
            return page;
        return await browser.SubmitAsync(page.Heading.StartsWith("Confirm", StringComparison.Ordinal) ? "Continue" : "Sign in", ("username", username), ("password", password));
    }
}
