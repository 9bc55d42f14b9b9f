using System.Text.Encodings.Web;
using System.Text.Json;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.House;

/// <summary>What this server says it can do, written down: whoever changes it sees the difference and says it in the changelog.</summary>
public sealed class DiscoveryDocument
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Both_addresses_say_the_same_and_that_is_what_is_checked_in()
    {
        await using var host = await IdpHost.StartAsync();
        var discovery = await host.Http.GetStringAsync("/.well-known/openid-configuration");
        Assert.Equal(discovery, await host.Http.GetStringAsync("/.well-known/oauth-authorization-server"));
        using var document = JsonDocument.Parse(discovery);
        var text = JsonSerializer.Serialize(document, Indented);
        Snapshot.Matches("docs/reference/discovery.json", text.Replace(host.Issuer.ToString().TrimEnd('/'), "https://issuer.example", StringComparison.Ordinal));
    }
}
