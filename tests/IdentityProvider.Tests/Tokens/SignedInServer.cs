using System.Text.Json.Nodes;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>One server, and one browser in which ada is signed in, for the tests of a class that leave nothing behind that disturbs another.</summary>
public sealed class SignedInServer : IAsyncLifetime
{
    /// <summary>Where the clients named like an algorithm live.</summary>
    internal const string Signed = "https://signed.test/callback";

    internal FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));
    internal IdpHost Host { get; private set; } = null!;
    internal Browser Browser { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await IdpHost.StartAsync(new IdpSetup
        {
            Clock = Clock,
            Document = Documents.With(Signing("ES256"), Signing("PS256")),
            Settings = { ["RateLimits:ClientAuthenticationFailures:Permits"] = "1000", ["RateLimits:PushedAuthorization:Permits"] = "1000" },
        });
        Browser = new Browser(Host);
        await new RelyingParty(Host, "trusted").SignInAsync(Browser);
    }

    /// <summary>A code for ada, without asking her again.</summary>
    internal async Task<string> CodeAsync(RelyingParty client, string scope = "openid", params (string Name, string? Value)[] changes) =>
        (await client.SignInAsync(Browser, scope, "ada", changes)).Query("code");

    internal async Task<Answer> TokensAsync(RelyingParty client, string scope = "openid", params (string Name, string? Value)[] changes) =>
        await client.RedeemAsync(await CodeAsync(client, scope, changes));

    /// <summary>A public client whose ID tokens are signed by an algorithm of its choice.</summary>
    private static JsonObject Signing(string algorithm) => new()
    {
        ["client_id"] = algorithm,
        ["token_endpoint_auth_method"] = "none",
        ["redirect_uris"] = new JsonArray(Signed),
        ["scope"] = "openid",
        ["consent"] = "implicit",
        ["id_token_signed_response_alg"] = algorithm,
    };

    public async Task DisposeAsync()
    {
        Browser.Dispose();
        await Host.DisposeAsync();
    }
}
