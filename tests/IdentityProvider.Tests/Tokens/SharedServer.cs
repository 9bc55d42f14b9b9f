using System.Text.Json.Nodes;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>One server for the tests of a class that leave nothing behind that disturbs another.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal IdpHost Host { get; private set; } = null!;

    /// <summary>reader: like worker, for one scope of one API.</summary>
    internal static JsonObject Reader => new()
    {
        ["client_id"] = "reader",
        ["client_secret"] = TestDocument.Secret,
        ["token_endpoint_auth_method"] = "client_secret_post",
        ["grant_types"] = new JsonArray("client_credentials"),
        ["scope"] = "notes:read",
    };

    public async Task InitializeAsync() => Host = await IdpHost.StartAsync(new IdpSetup
    {
        Document = Documents.With(Reader),
        Settings = { ["RateLimits:ClientAuthenticationFailures:Permits"] = "1000" },
    });

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
