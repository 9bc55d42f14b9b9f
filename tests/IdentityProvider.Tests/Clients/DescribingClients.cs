using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Secrets;
using Xunit;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Tests.Clients;

public class DescribingClients
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_web_application_with_the_defaults_is_right()
    {
        Assert.Empty(Web().Validate());
    }

    [Fact]
    public void A_code_client_gets_the_endpoints_of_its_grants_and_no_others()
    {
        var client = new Client();
        var metadata = Web();
        metadata.GrantTypes.Add("refresh_token");
        metadata.Scope = "openid  profile openid offline_access";
        metadata.Apply(client);

        Assert.Equal(ClientTypes.Confidential, client.ClientType);
        Assert.Equal("openid profile offline_access", client.Scope);
        Assert.Equal(
            new[]
            {
                "ept:authorization", "ept:end_session", "ept:introspection", "ept:pushed_authorization", "ept:revocation", "ept:token",
                "gt:authorization_code", "gt:refresh_token", "rst:code", "scp:offline_access", "scp:openid", "scp:profile",
            },
            Strings(client.Permissions).Order(StringComparer.Ordinal));
        Assert.Equal(["ft:pkce"], Strings(client.Requirements));
        Assert.Equal(["https://app.example/callback"], Strings(client.RedirectUris));
        Assert.Null(client.PostLogoutRedirectUris);
        Assert.Null(client.Settings);
        Assert.Null(client.JsonWebKeySet);
    }

    [Theory]
    [InlineData("client_credentials", "client_secret_basic", "ept:introspection ept:revocation ept:token gt:client_credentials")]
    [InlineData("urn:ietf:params:oauth:grant-type:device_code", "none", "ept:device_authorization ept:token gt:urn:ietf:params:oauth:grant-type:device_code")]
    [InlineData("", "client_secret_post", "ept:introspection ept:revocation")]
    public void Permissions_follow_from_grants(string grant, string method, string permissions)
    {
        var client = new Client();
        new ClientMetadata { ClientId = "c", TokenEndpointAuthMethod = method, GrantTypes = grant.Length == 0 ? [] : [grant] }.Apply(client);
        Assert.Equal(permissions, string.Join(' ', Strings(client.Permissions).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Lifetimes_and_requirements_reach_the_engine_in_its_own_words()
    {
        var client = new Client();
        var metadata = Web();
        (metadata.AccessTokenLifetime, metadata.RefreshTokenLifetime, metadata.DeviceCodeLifetime) = (900, 172800, 300);
        (metadata.RequirePkce, metadata.RequirePushedAuthorizationRequests) = (false, true);
        metadata.Apply(client);

        var settings = JsonSerializer.Deserialize<Dictionary<string, string>>(client.Settings!)!;
        Assert.Equal("00:15:00", settings["tkn_lft:act"]);
        Assert.Equal("2.00:00:00", settings["tkn_lft:reft"]);
        Assert.Equal("00:05:00", settings["tkn_lft:dvc"]);
        Assert.Equal("00:05:00", settings["tkn_lft:usrc"]);
        Assert.Equal(4, settings.Count);
        Assert.Equal(["ft:par"], Strings(client.Requirements));
    }

    [Fact]
    public void Exactly_the_given_secret_stays()
    {
        var (client, metadata) = (new Client(), Web());
        metadata.ApplySecret(client, Now);
        var first = Assert.Single(client.Secrets);
        metadata.ApplySecret(client, Now.AddDays(1));
        Assert.Same(first, Assert.Single(client.Secrets));
        Assert.Equal(Handle.Hash(metadata.ClientSecret!), first.Hash);

        metadata.ClientSecret = "another-secret-of-some-length";
        metadata.ApplySecret(client, Now.AddDays(2));
        Assert.Equal(Handle.Hash("another-secret-of-some-length"), Assert.Single(client.Secrets).Hash);
    }

    internal static ClientMetadata Web() => new()
    {
        ClientId = "web-app",
        ClientSecret = "a-secret-with-more-than-32-characters",
        RedirectUris = ["https://app.example/callback"],
    };

    private static string[] Strings(string? json) => JsonSerializer.Deserialize<string[]>(json!)!;
}
