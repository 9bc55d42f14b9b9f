using System.Net;
using AngleSharp.Dom;
using IdentityProvider.Mfa;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Mfa;

public sealed class SettingUpApps : IAsyncLifetime
{
    private const string Add = "/account/authenticators/add";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task An_app_is_saved_after_one_right_code_and_asked_for_from_then_on()
    {
        using var browser = new Browser(host);
        using var elsewhere = new Browser(host);
        Assert.Equal("/account", (await elsewhere.OpenAccountAsync()).Url.AbsolutePath);
        var page = await browser.OpenAccountAsync(Add);
        var secret = Secret(page);
        page = await browser.SubmitAsync("Finish", ("code", "000000"));
        Assert.Contains("not right", page.Text, StringComparison.Ordinal);
        Assert.Equal(secret, Secret(page));
        Assert.Equal(0, await CountAsync());

        page = await browser.SubmitAsync("Finish", ("code", Code(secret)), ("name", "My phone"));
        Assert.Equal("Save your recovery codes", page.Heading);
        Assert.Equal("Ada Lovelace", page.Document.QuerySelector(".who .name")!.TextContent);
        Assert.Equal(10, page.Document.QuerySelector("pre code")!.TextContent.Split('\n').Distinct().Count());
        Assert.DoesNotContain(secret, page.Document.Source.Text, StringComparison.Ordinal);

        page = await browser.SubmitAsync("I have saved the codes");
        Assert.Contains("My phone", page.Text, StringComparison.Ordinal);
        Assert.Contains("10 of 10", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, page.Document.Source.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, await EveryDoor.DumpAsync(host), StringComparison.OrdinalIgnoreCase);

        // What was signed in with a password alone is over, and a password alone is not enough any more.
        Assert.Equal("/login", (await elsewhere.OpenAsync("/account")).Url.AbsolutePath);
        await elsewhere.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.Equal("/mfa", elsewhere.Page.Url.AbsolutePath);
        Assert.Contains("used before", (await elsewhere.SubmitAsync("Continue", ("code", Code(secret)))).Text, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("/account", (await elsewhere.SubmitAsync("Continue", ("code", Code(secret)))).Url.AbsolutePath);
        Assert.Contains("“My phone” was added", (await host.MailAsync("ada@example.test")).TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_code_beside_the_key_says_the_same_as_the_link()
    {
        using var browser = new Browser(host);
        var page = await browser.OpenAccountAsync(Add);
        var link = new Uri(page.Document.QuerySelector("a[href^='otpauth:']")!.GetAttribute("href")!);
        Assert.Equal("/IdentityProvider:ada", Uri.UnescapeDataString(link.AbsolutePath));
        Assert.Contains($"secret={Secret(page)}", link.Query, StringComparison.Ordinal);
        Assert.Equal(20, Base32Encoding.ToBytes(Secret(page)).Length);

        // Drawn again from the link: the same modules, and four of quiet around them.
        var drawn = QrCode.Of(link.OriginalString);
        Assert.Equal(drawn.Path, page.Document.QuerySelector("svg path")!.GetAttribute("d"));
        Assert.StartsWith("M4 4h7", drawn.Path, StringComparison.Ordinal);
        Assert.Equal("#fff", page.Document.QuerySelector("svg rect")!.GetAttribute("fill"));
    }

    [Fact]
    public async Task The_form_is_given_to_a_fresh_sign_in_only_and_holds_for_its_session_and_half_an_hour()
    {
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("Confirm it is you", (await browser.OpenAsync(Add)).Heading);
        var page = await browser.OpenAccountAsync(Add);
        clock.Advance(TimeSpan.FromMinutes(10));
        var form = Form(page);

        using var mallory = new Browser(host);
        var own = Form(await mallory.OpenAccountAsync(Add, "grace"));
        await mallory.PostAsync(host[Add], [.. own.Where(f => f.Key != "enrolment"), KeyValuePair.Create("enrolment", form["enrolment"]), KeyValuePair.Create("code", Code(Secret(page)))]);
        Assert.Equal(0, await CountAsync());

        clock.Advance(TimeSpan.FromMinutes(21));
        await browser.PostAsync(host[Add], [.. form, KeyValuePair.Create("code", Code(Secret(page)))]);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task The_same_form_sent_16_times_at_once_saves_one_app()
    {
        using var browser = new Browser(host);
        var page = await browser.OpenAccountAsync(Add);
        var fields = Form(page).Append(KeyValuePair.Create("code", Code(Secret(page)))).ToList();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, host[Add]) { Content = new FormUrlEncodedContent(fields) };
            request.Headers.TryAddWithoutValidation("Cookie", browser.Cookies.GetCookieHeader(host.Issuer));
            using var response = await host.Http.SendAsync(request);
            return response.StatusCode;
        }));
        Assert.DoesNotContain(statuses, status => (int)status >= 500);
        Assert.Equal(1, await CountAsync());
        Assert.Equal(10, await host.InStoreAsync(db => db.Set<RecoveryCode>().CountAsync()));
    }

    [Fact]
    public async Task Apps_are_named_and_removed_by_their_owner_alone()
    {
        using var browser = new Browser(host);
        await SetUpAsync(browser, "First");
        using var elsewhere = new Browser(host);
        var id = await host.InStoreAsync(db => Own(db).Select(a => a.Id).SingleAsync());
        using var grace = new Browser(host);
        Assert.Equal(HttpStatusCode.NotFound, (await grace.OpenAccountAsync($"/account/authenticators/{id}", "grace")).Status);

        await browser.OpenAsync($"/account/authenticators/{id}");
        Assert.Contains("Enter a name", (await browser.SubmitAsync("Save the name", ("name", " "))).Text, StringComparison.Ordinal);
        Assert.Contains("Tablet", (await browser.SubmitAsync("Save the name", ("name", "Tablet"))).Text, StringComparison.Ordinal);

        await browser.OpenAsync($"/account/authenticators/{id}");
        var page = await browser.SubmitAsync("Remove");
        Assert.Contains("not set up an app", page.Text, StringComparison.Ordinal);
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<RecoveryCode>().CountAsync()));
        Assert.Contains("“Tablet” was removed", (await host.MailAsync("ada@example.test")).TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removing_an_app_asks_for_a_full_fresh_sign_in_and_ends_the_other_sessions()
    {
        using var browser = new Browser(host);
        var secret = await SetUpAsync(browser, "Phone");
        clock.Advance(TimeSpan.FromMinutes(1));
        using var elsewhere = new Browser(host);
        await elsewhere.OpenAccountAsync();
        Assert.Equal("/account", (await elsewhere.SubmitAsync("Continue", ("code", Code(secret)))).Url.AbsolutePath);

        clock.Advance(TimeSpan.FromMinutes(6));
        var id = await host.InStoreAsync(db => Own(db).Select(a => a.Id).SingleAsync());
        await browser.OpenAsync($"/account/authenticators/{id}");
        Assert.Equal("Confirm it is you", browser.Page.Heading);
        await browser.SubmitAsync("Continue", ("password", TestDocument.Password));
        Assert.Equal("/mfa", browser.Page.Url.AbsolutePath);
        Assert.Equal(1, await CountAsync());
        await browser.SubmitAsync("Continue", ("code", Code(secret)));
        await browser.SubmitAsync("Remove");
        Assert.Equal(0, await CountAsync());
        Assert.Equal("/login", (await elsewhere.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task An_account_has_at_most_ten_apps()
    {
        using var browser = new Browser(host);
        await SetUpAsync(browser, "One");
        await host.InStoreAsync(async db =>
        {
            var first = await Own(db).AsNoTracking().SingleAsync();
            db.AddRange(Enumerable.Range(2, 9).Select(i => new Authenticator { UserId = first.UserId, Name = $"App {i}", ProtectedSecret = first.ProtectedSecret, CreatedAt = first.CreatedAt }));
            return await db.SaveChangesAsync();
        });
        Assert.Contains("as many as an account can have", (await browser.OpenAsync("/account/authenticators")).Text, StringComparison.Ordinal);
        var page = await browser.OpenAsync(Add);
        await browser.SubmitAsync("Finish", ("code", Code(Secret(page))));
        Assert.Equal(10, await CountAsync());
    }

    private async Task<string> SetUpAsync(Browser browser, string name)
    {
        var secret = Secret(await browser.OpenAccountAsync(Add));
        await browser.SubmitAsync("Finish", ("code", Code(secret)), ("name", name));
        return secret;
    }

    private static Dictionary<string, string> Form(BrowserPage page) => page.Document.QuerySelectorAll<AngleSharp.Html.Dom.IHtmlInputElement>("form[data-busy^=Checking] input")
        .Where(i => i.Name is not (null or "code")).ToDictionary(i => i.Name!, i => i.Value);

    private static string Secret(BrowserPage page) => page.Document.QuerySelector("[data-copy] code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);

    private string Code(string secret) => new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(clock.GetUtcNow().UtcDateTime);

    private Task<int> CountAsync() => host.InStoreAsync(db => Own(db).CountAsync());

    /// <summary>Not the one that the setup document gave somebody else.</summary>
    private static IQueryable<Authenticator> Own(Store db) => db.Set<Authenticator>().Where(a => a.Name != "Setup document");
}
