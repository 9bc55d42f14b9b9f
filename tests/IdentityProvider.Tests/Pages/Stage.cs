using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Registration;
using IdentityProvider.Tests.Testing;
using Microsoft.Playwright;
using Xunit;

namespace IdentityProvider.Tests.Pages;

[CollectionDefinition(Name)]
public sealed class PagesCollection : ICollectionFixture<Stage>
{
    public const string Name = "Pages";
}

/// <summary>One browser, one server in Development, one over https as in production, and one client, for all page tests.</summary>
public sealed class Stage : IAsyncLifetime
{
    private FreshDatabase? database;
    private IdpHost? secure;
    private IPlaywright? playwright;
    private IBrowser chromium = null!;

    internal IdpHost Host { get; private set; } = null!;
    internal ClientSite Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Chromium.Missing is not null)
            return;
        Client = await ClientSite.StartAsync();
        Host = await IdpHost.StartAsync(RegistrationBench.Setup(clock: null, ("Sessions:TrustDevicesForDays", "30"), ("Sessions:ImpersonationLifetime", "00:30:00"), ("Mfa:EmailCodes", "true")) with { Document = StageDocument.Json(Client) });
        playwright = await Playwright.CreateAsync();
        chromium = await Chromium.LaunchAsync(playwright);
    }

    /// <summary>A browser window of its own: no cookies, no cache.</summary>
    internal async Task<Tab> OpenTabAsync(bool script = true, int width = 1280, int height = 800) => new(await chromium.NewContextAsync(new BrowserNewContextOptions
    {
        JavaScriptEnabled = script,
        ViewportSize = new ViewportSize { Width = width, Height = height },
        IgnoreHTTPSErrors = true,
        Locale = "en-GB",
        TimezoneId = "Europe/Berlin",

        // Colours that are under way between two schemes are nobody's contrast.
        ReducedMotion = ReducedMotion.Reduce,
    }));

    /// <summary>The same server as people meet it: over https, in Production.</summary>
    internal async Task<IdpHost> ProductionAsync()
    {
        if (secure is not null)
            return secure;
        database = FreshDatabase.Of(DatabaseProvider.Sqlite);

        // Production does not touch the schema by itself; a start in Development makes it.
        await (await IdpHost.StartAsync(new IdpSetup { Database = database.Options })).DisposeAsync();
        return secure = await SecureHost.StartAsync(database.Options, StageDocument.Json(Client));
    }

    /// <summary>A client that makes requests by hand and takes answers at its site.</summary>
    internal RelyingParty Shop(string clientId = "web") => new(Host, clientId, Client.Callback);

    /// <summary>What the server set for somebody who signed in without any browser to look at.</summary>
    internal Task<List<Cookie>> SignedInAsync(string username = "ada") => SignedInAsync(false, username);

    /// <summary>One after the other in one browser; the last one is signed in.</summary>
    internal async Task<List<Cookie>> SignedInAsync(bool stays, params string[] usernames)
    {
        using var browser = new Browser(Host);
        foreach (var username in usernames)
        {
            var page = await browser.OpenAsync(Shop().AuthorizeUrl("openid", ("prompt", "select_account")));
            if (page.Url.AbsolutePath == "/account-choice")
                await browser.SubmitAsync("Use another account");
            await browser.SubmitAsync("Sign in", [("username", username), ("password", TestDocument.Password), .. stays ? new[] { ("staysignedin", "true") } : []]);
        }

        return [.. browser.Cookies.GetCookies(Host.Issuer).Select(c => new Cookie { Name = c.Name, Value = c.Value, Url = Host.Issuer.ToString(), HttpOnly = true })];
    }

    public async Task DisposeAsync()
    {
        if (playwright is null)
            return;
        await chromium.DisposeAsync();
        playwright.Dispose();
        await Host.DisposeAsync();
        await Client.DisposeAsync();
        if (secure is not null)
            await secure.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }
}
