using System.Net;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityProvider.Tests.Sessions;

public sealed class Panicking
{
    [Fact]
    public async Task Everything_ends_and_only_when_it_is_meant()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var tokens = await client.TokensAsync(browser, "openid offline_access");
        var issuer = host.Issuer.ToString().TrimEnd('/');
        var kid = RelyingParty.Header(tokens["access_token"]!).GetProperty("kid").GetString()!;

        Assert.Equal(ExitCode.Misused, (await host.RunCommandAsync(database.Options, "panic")).Code);
        Assert.Equal(ExitCode.Misused, (await host.RunCommandAsync(database.Options, "panic", "--confirm", "https://another.test")).Code);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);

        var (code, output) = await host.RunCommandAsync(database.Options, "panic", "--confirm", issuer);
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("1 sessions and 0 grants are ended", output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);
        Assert.Equal("invalid_grant", (await client.RefreshAsync(tokens["refresh_token"]!)).Error);
        Assert.Equal("/login", (await browser.OpenAsync(client.AuthorizeUrl())).Url.AbsolutePath);

        await host.Services.GetRequiredService<SigningKeyRing>().LoadAsync(default);
        Assert.DoesNotContain(kid, await host.Http.GetStringAsync(new Uri("/.well-known/jwks", UriKind.Relative)), StringComparison.Ordinal);
    }
}
