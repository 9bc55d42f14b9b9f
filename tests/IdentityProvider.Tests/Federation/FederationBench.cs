using IdentityProvider.Federation;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Federation;

/// <summary>
/// Two servers: ours, and a second instance of this product as the provider it sends people to. They bear different host names,
/// because cookies do not tell ports apart.
/// </summary>
public sealed class FederationBench : IAsyncLifetime
{
    internal FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());
    internal IdpHost Upstream { get; private set; } = null!;
    internal IdpHost Host { get; private set; } = null!;
    internal ProviderCatalog Catalog => Host.Services.GetRequiredService<ProviderCatalog>();

    public async Task InitializeAsync()
    {
        var issuer = new Uri($"http://localhost:{IdpHost.FreePort()}");
        Upstream = await IdpHost.StartAsync(new IdpSetup { Clock = Clock, Issuer = new Uri($"http://127.0.0.1:{IdpHost.FreePort()}"), Document = UpstreamDocument(issuer) });
        Host = await IdpHost.StartAsync(new IdpSetup { Clock = Clock, Issuer = issuer, Document = Document(Upstream.Issuer) });
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>From the request of a client to the page of the provider, and back with what it answers; rests wherever our server leads.</summary>
    internal async Task<BrowserPage> SignInAsync(Browser browser, RelyingParty client, string username, string provider = "corp", params (string Name, string? Value)[] changes)
    {
        var page = await browser.OpenAsync(client.AuthorizeUrl("openid profile email", changes));
        return await browser.OpenAsync((await AnswerAsync(browser, page, username, provider)).ToString());
    }

    /// <summary>Where the provider sends the browser after its sign-in page.</summary>
    internal async Task<Uri> AnswerAsync(Browser browser, BrowserPage login, string username, string provider = "corp")
    {
        var away = await browser.OpenAsync(login.Document.QuerySelector($"a[href*='/federation/{provider}/start']")!.GetAttribute("href")!);
        using var there = new Browser(Upstream);
        await there.OpenAsync(away.Url.ToString());
        return (await there.SubmitAsync("Sign in", ("username", username), ("password", TestDocument.Password))).Url;
    }

    private static string UpstreamDocument(Uri host) => $$"""
        {
          "clients": [
            { "client_id": "us", "client_secret": "{{TestDocument.Secret}}", "token_endpoint_auth_method": "client_secret_post", "consent": "implicit",
              "redirect_uris": ["{{host}}federation/corp/callback", "{{host}}federation/closed/callback"], "scope": "openid profile email" }
          ],
          "users": [
            {{string.Join(",\n    ", new[] { "nina", "ada", "otp", "late", "guest", "squatted", "twice" }.Select(name => Person(name, true)))}},
            {{Person("grace", false)}}
          ]
        }
        """;

    private static string Person(string name, bool verified) =>
        $$"""{ "username": "{{name}}", "email": "{{name}}@example.test", "email_verified": {{(verified ? "true" : "false")}}, "name": "{{name}} elsewhere", "password": "{{TestDocument.Password}}" }""";

    private static string Document(Uri upstream) => TestDocument.Json.TrimEnd()[..^1] + $$"""
        , "providers": [
            { "name": "corp", "display_name": "Corp", "issuer": "{{upstream.ToString().TrimEnd('/')}}", "client_id": "us", "client_secret": "{{TestDocument.Secret}}", "creates_accounts": true },
            { "name": "closed", "display_name": "Closed", "issuer": "{{upstream.ToString().TrimEnd('/')}}", "client_id": "us", "client_secret": "{{TestDocument.Secret}}", "domains": ["example.test"] },
            { "name": "dead", "display_name": "Dead", "issuer": "http://127.0.0.1:1", "client_id": "us" }
          ] }
        """;
}
