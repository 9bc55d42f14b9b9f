using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Clients;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Samples;

/// <summary>The five samples against a server with their own demo document; only the ports differ.</summary>
public sealed class RunningSamples : IAsyncLifetime
{
    private readonly string webUrl = $"http://localhost:{IdpHost.FreePort()}", apiUrl = $"http://localhost:{IdpHost.FreePort()}", bffUrl = $"http://localhost:{IdpHost.FreePort()}";
    private IdpHost host = null!;
    private SampleProcess api = null!;
    private int codes;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Document = WithAuthenticators(Checkout.Read("samples/demo.json").Replace("http://localhost:5081", webUrl, StringComparison.Ordinal).Replace("http://localhost:5083", bffUrl, StringComparison.Ordinal)) });
        api = new SampleProcess("Api", "--urls", apiUrl, "--Idp:Issuer", host.Issuer.ToString().TrimEnd('/'));
        api.WaitFor(line => line.Contains("Now listening", StringComparison.Ordinal) || line.Contains("Application started", StringComparison.Ordinal));
    }

    public async Task DisposeAsync()
    {
        api.Dispose();
        await host.DisposeAsync();
    }

    private string[] Places => ["--Idp:Issuer", host.Issuer.ToString().TrimEnd('/'), "--Api:Url", apiUrl];

    [Fact]
    public async Task The_worker_calls_the_api_for_itself()
    {
        using var worker = new SampleProcess("Worker", ["--once", .. Places]);
        Assert.Equal(0, await worker.ExitAsync());
    }

    [Fact]
    public async Task The_worker_says_when_there_is_no_server()
    {
        using var worker = new SampleProcess("Worker", "--once", "--Idp:Issuer", $"http://localhost:{IdpHost.FreePort()}", "--Api:Url", apiUrl);
        Assert.Equal(1, await worker.ExitAsync());
    }

    [Fact]
    public async Task The_api_tells_401_from_403()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(HttpMethod.Get, null));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials" }),
        };
        request.Headers.Authorization = RelyingParty.Basic("worker", "demo-only-worker-secret-never-in-production");
        var token = (await new RelyingParty(host).SendAsync(request))["access_token"];
        Assert.Equal(HttpStatusCode.OK, await CallAsync(HttpMethod.Get, token));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(HttpMethod.Post, token));
    }

    [Fact]
    public async Task The_api_lets_a_user_a_moderator_and_an_admin_do_what_their_roles_hold()
    {
        var grace = await TokenAsync("grace", "first compiler 1952");
        var alan = await TokenAsync("alan", "imitation game 1950");
        var moderator = await TokenAsync("katherine", "orbital mechanics 1962");
        var admin = await TokenAsync("ada", "analytical engine 1843");
        var (_, note) = await AskAsync(HttpMethod.Post, "", grace, "of grace");
        var (id, author) = (note.GetProperty("id").GetString()!, note.GetProperty("author").GetString());

        Assert.Equal(["of grace"], await TextsAsync(grace));
        Assert.Empty(await TextsAsync(alan));
        Assert.Equal(["of grace"], await TextsAsync(moderator));
        (HttpMethod Method, string? Token, int Status)[] table =
        [
            (HttpMethod.Get, null, 401), (HttpMethod.Get, grace, 200), (HttpMethod.Get, alan, 404), (HttpMethod.Get, moderator, 200), (HttpMethod.Get, admin, 200),
            (HttpMethod.Put, null, 401), (HttpMethod.Put, grace, 200), (HttpMethod.Put, alan, 404), (HttpMethod.Put, moderator, 403), (HttpMethod.Put, admin, 200),
            (HttpMethod.Delete, null, 401), (HttpMethod.Delete, alan, 404), (HttpMethod.Delete, moderator, 204), (HttpMethod.Delete, admin, 404), (HttpMethod.Get, grace, 404),
        ];
        foreach (var (method, token, status) in table)
            Assert.Equal((HttpStatusCode)status, (await AskAsync(method, $"/{id}", token, "rewritten")).Status);

        // The client was not allowed to, whoever the person is.
        var reading = await TokenAsync("ada", "analytical engine 1843", "openid notes:read");
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(HttpMethod.Post, "", reading, "x")).Status);
        Assert.Equal("notes:read:all", Assert.Single(RelyingParty.Claims(reading).GetProperty("permissions").EnumerateArray()).GetString());
        Assert.Equal(RelyingParty.Claims(grace).GetProperty("sub").GetString(), author);
    }

    [Theory]
    [InlineData("Approve", 0)]
    [InlineData("Deny", 2)]
    public async Task The_device_goes_on_with_the_answer_of_the_person(string answer, int exitCode)
    {
        using var device = new SampleProcess("DeviceConsole", Places);
        var line = device.WaitFor(l => l.Contains("Or go straight there", StringComparison.Ordinal));
        using var browser = new Browser(host);
        var page = await browser.OpenAsync(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim());
        Assert.Equal("/login", page.Url.AbsolutePath);
        page = await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", "first compiler 1952"));
        Assert.Contains("Notes on the TV", page.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(answer);

        Assert.Equal(exitCode, await device.ExitAsync());
        Assert.Equal(exitCode == 0, device.Output.Contains("Grace Hopper", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_device_renews_its_access_token_until_the_grant_is_taken_back()
    {
        // The shortest there is: with the sample's margin each call needs a new one.
        await host.DisposeAsync();
        host = await IdpHost.StartAsync(new IdpSetup { Document = Checkout.Read("samples/demo.json"), Issuer = host.Issuer, Settings = { ["Tokens:AccessTokenLifetime"] = "00:01:00" } });
        using var device = new SampleProcess("DeviceConsole", [.. Places, "--Notes:Every", "00:00:00.2"]);
        var line = device.WaitFor(l => l.Contains("Or go straight there", StringComparison.Ordinal));
        using var browser = new Browser(host);
        await browser.OpenAsync(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim());
        await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", "first compiler 1952"));
        await browser.SubmitAsync("Approve");
        for (var i = 0; i < 3; i++)
        {
            device.WaitFor(l => l.Contains("there is a new one", StringComparison.Ordinal));
            device.WaitFor(l => l.StartsWith("  - ", StringComparison.Ordinal));
        }

        await host.InStoreAsync(async db => await db.RevokeGrantsAsync(db.Set<Grant>(), CancellationToken.None));
        Assert.Equal(5, await device.ExitAsync());
        Assert.Contains("invalid_grant", device.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_web_app_signs_a_person_in_and_out()
    {
        using var web = new SampleProcess("Web", ["--urls", webUrl, .. Places]);
        web.WaitFor(line => line.Contains("Now listening", StringComparison.Ordinal) || line.Contains("Application started", StringComparison.Ordinal));
        using var browser = new Browser(host);
        var page = await RestAsync(browser, $"{webUrl}/sign-in");
        Assert.Equal("/login", page.Url.AbsolutePath);
        await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", "first compiler 1952"));
        page = await browser.SubmitAsync("Allow");
        if (page.Document.QuerySelector("form[name=form]") is { } form)
            page = await browser.PostAsync(new Uri(form.GetAttribute("action")!), page.Document.QuerySelectorAll("input[type=hidden]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!));
        page = await RestAsync(browser, page.Url.ToString());

        Assert.Equal("Hello, Grace Hopper", page.Heading);
        Assert.Contains("grace@example.com", page.Text, StringComparison.Ordinal);
        Assert.Null(page.Document.QuerySelector("[role=alert]"));
        page = await browser.SubmitAsync("Pin", ("text", "Written by a test"));
        page = await RestAsync(browser, page.Url.ToString());
        Assert.Contains("Written by a test", page.Text, StringComparison.Ordinal);

        page = await browser.SubmitAsync("Sign out");
        page = await RestAsync(browser, page.Url.ToString());
        page = await RestAsync(browser, page.Url.ToString());
        Assert.Equal(webUrl, page.Url.GetLeftPart(UriPartial.Authority));
        page = await RestAsync(browser, $"{webUrl}/sign-in");
        Assert.Equal("/login", page.Url.AbsolutePath);
    }

    [Fact]
    public async Task The_bff_keeps_the_tokens_and_is_signed_out_from_outside()
    {
        using var bff = new SampleProcess("Bff", ["--urls", bffUrl, .. Places]);
        bff.WaitFor(line => line.Contains("Now listening", StringComparison.Ordinal) || line.Contains("Application started", StringComparison.Ordinal));
        using var browser = new Browser(host);
        await RestAsync(browser, $"{bffUrl}/bff/sign-in");
        await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", "first compiler 1952"));
        var page = await browser.SubmitAsync("Allow");
        await RestAsync(browser, page.Url.ToString());
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(browser, HttpMethod.Get, "me")).Status);
        Assert.Contains("Welcome", (await AskAsync(browser, HttpMethod.Get, "notes")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.OpenAsync($"{bffUrl}/bff/me")).Status);
        Assert.DoesNotContain("eyJ", browser.Cookies.GetCookieHeader(new Uri(bffUrl)), StringComparison.Ordinal);

        using var elsewhere = new Browser(host);
        await elsewhere.OpenAsync("/account/sessions");
        await elsewhere.SubmitAsync("Sign in", ("username", "grace"), ("password", "first compiler 1952"));
        await elsewhere.SubmitAsync("Sign out everywhere else");
        bff.WaitFor(line => line.Contains("ended by the server", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(browser, HttpMethod.Get, "me")).Status);

        async Task<BrowserPage> AskAsync(Browser from, HttpMethod method, string what)
        {
            using var request = new HttpRequestMessage(method, $"{bffUrl}/bff/{what}");
            request.Headers.Add("X-Page", "1");
            return await from.GoAsync(request);
        }
    }

    /// <summary>The test's browser rests wherever it leaves the server; the app's own redirects are followed here.</summary>
    private static async Task<BrowserPage> RestAsync(Browser browser, string url)
    {
        var page = await browser.OpenAsync(url);
        for (var hop = 0; hop < 10 && page.Response.Headers.Location is not null; hop++)
            page = await browser.OpenAsync(page.Url.ToString());
        return page;
    }

    /// <summary>An access token for the API through the terminal's client, second factor included.</summary>
    private async Task<string> TokenAsync(string username, string password, string scope = "openid notes:read notes:write")
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "console", "http://127.0.0.1:5005/callback");
        await browser.OpenAsync(client.AuthorizeUrl(scope));
        var page = await browser.SubmitAsync("Sign in", ("username", username), ("password", password));
        if (page.Url.AbsolutePath == "/mfa")
            page = await browser.SubmitAsync("Continue", ("code", NextCode()));
        if (page.Url.AbsolutePath == "/consent")
            page = await browser.SubmitAsync("Allow");
        return (await client.RedeemAsync(page.Query("code")))["access_token"]!;
    }

    /// <summary>Each code works once; the one of the next 30 seconds is taken, too.</summary>
    private string NextCode() => new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(codes++ > 1 ? 30 : 0));

    private static string WithAuthenticators(string json)
    {
        var document = JsonNode.Parse(json)!;
        foreach (var user in document["users"]!.AsArray().Where(user => user!["roles"]!.AsArray().Count > 1))
            user!["totp_secret"] = TestDocument.TotpSecret;
        return document.ToJsonString();
    }

    private async Task<IEnumerable<string?>> TextsAsync(string token) =>
        (await AskAsync(HttpMethod.Get, "", token)).Body.EnumerateArray().Where(note => note.GetProperty("author").GetString() != "the API").Select(note => note.GetProperty("text").GetString());

    private async Task<HttpStatusCode> CallAsync(HttpMethod method, string? token) => (await AskAsync(method, "", token, "x")).Status;

    private async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, string? token, string? text = null)
    {
        using var request = new HttpRequestMessage(method, $"{apiUrl}/notes{path}");
        if (method == HttpMethod.Post || method == HttpMethod.Put)
            request.Content = JsonContent.Create(new { text });
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        using var response = await host.Http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal(response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, response.Headers.Contains("WWW-Authenticate"));
        return (response.StatusCode, body.Length == 0 ? default : JsonDocument.Parse(body).RootElement);
    }
}
