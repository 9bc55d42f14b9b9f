using IdentityProvider.Federation;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Federation;

/// <summary>Our server and one peer, which it knows as an OpenID provider, as Google, and as a plain OAuth 2.0 provider.</summary>
public sealed class PeerBench : IAsyncLifetime
{
    internal FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());
    internal Peer Peer { get; private set; } = null!;
    internal IdpHost Host { get; private set; } = null!;
    internal ProviderCatalog Catalog => Host.Services.GetRequiredService<ProviderCatalog>();

    public async Task InitializeAsync()
    {
        Peer = await Peer.StartAsync(Clock);
        Host = await IdpHost.StartAsync(new IdpSetup { Clock = Clock, Document = Document(Peer.Issuer) });
    }

    public async Task DisposeAsync()
    {
        await Host.DisposeAsync();
        await Peer.DisposeAsync();
    }

    internal async Task<Uri> AnswerAsync(Browser browser, string provider, string? authorize = null)
    {
        var login = await browser.OpenAsync(authorize ?? new RelyingParty(Host, "trusted").AuthorizeUrl());
        var away = await browser.OpenAsync(login.Document.QuerySelector($"a[href*='/federation/{provider}/start']")!.GetAttribute("href")!);
        return await Peer.AnswerAsync(Host.Http, away.Url);
    }

    /// <summary>All the way, for a client that may lead straight to the provider.</summary>
    internal async Task<BrowserPage> SignInAsync(Browser browser, string provider, string? authorize = null)
    {
        var page = await browser.OpenAsync(authorize ?? new RelyingParty(Host, "trusted").AuthorizeUrl());
        if (page.Document.QuerySelector($"a[href*='/federation/{provider}/start']") is { } link)
            page = await browser.OpenAsync(link.GetAttribute("href")!);
        return await browser.OpenAsync((await Peer.AnswerAsync(Host.Http, page.Url)).ToString());
    }

    internal static string Document(string issuer)
    {
        var client = $"\"client_id\": \"{Peer.ClientId}\", \"client_secret\": \"{Peer.Secret}\", \"creates_accounts\": true";
        var endpoints = $"\"authorization_endpoint\": \"{issuer}/authorize\", \"token_endpoint\": \"{issuer}/token\", \"userinfo_endpoint\": \"{issuer}/userinfo\"";
        return TestDocument.Json.Replace("\"clients\": [", $"\"clients\": [ {Client("company", "\"local_sign_in\": false, \"providers\": [\"peer\"]")}, {Client("choosy", "\"local_sign_in\": false, \"providers\": [\"peer\", \"ruled\"]")},", StringComparison.Ordinal).TrimEnd()[..^1] + $$"""
            , "providers": [
                { "name": "peer", "display_name": "Peer", "issuer": "{{issuer}}", {{client}} },
                { "name": "sure", "display_name": "Sure", "issuer": "{{issuer}}", "trusts_multi_factor": true, {{client}} },
                { "name": "ruled", "display_name": "Ruled", "issuer": "{{issuer}}", {{client}},
                  "role_rules": [ { "claim": "groups", "value": "staff", "role": "moderator" }, { "claim": "realm.roles", "value": "reader", "role": "user" } ] },
                { "name": "leaving", "display_name": "Leaving", "issuer": "{{issuer}}", "signs_out": true, {{client}} },
                { "name": "tenants", "display_name": "Tenants", "issuer": "{{issuer}}/{tenantid}/v2.0", "tenants": ["good-1", "good-2"], {{client}} },
                { "name": "google", "kind": "google", {{client}}, {{endpoints}} },
                { "name": "work", "kind": "google", "display_name": "Work", "domains": ["corp.test"], {{client}}, {{endpoints}} },
                { "name": "hub", "kind": "oauth2", "display_name": "Hub", "claims": { "sub": "id", "name": "profile.full_name", "email_verified": "verified" }, {{client}}, {{endpoints}} },
                { "name": "dead", "display_name": "Dead", "issuer": "http://127.0.0.1:1", "client_id": "us" }
              ] }
            """;
    }

    private static string Client(string id, string more) =>
        $"{{ \"client_id\": \"{id}\", \"token_endpoint_auth_method\": \"none\", \"redirect_uris\": [\"{TestDocument.Callback}\"], \"scope\": \"openid\", \"consent\": \"implicit\", {more} }}";
}
