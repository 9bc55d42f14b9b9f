using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Clients;

/// <summary>Says a client's metadata in the engine's columns: permissions follow from the grants, so nobody lists them by hand.</summary>
internal static class ClientColumns
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(ClientMetadata metadata, Client client)
    {
        client.ClientId = metadata.ClientId;
        client.DisplayName = metadata.ClientName;
        client.ClientType = metadata.IsPublic ? ClientTypes.Public : ClientTypes.Confidential;
        client.ApplicationType = metadata.ApplicationType;
        client.ConsentType = metadata.Consent;
        client.JsonWebKeySet = metadata.Jwks is { } keys ? JsonSerializer.Serialize(keys, Json) : null;
        client.RedirectUris = List(metadata.RedirectUris.Distinct(StringComparer.Ordinal));
        client.PostLogoutRedirectUris = List(metadata.PostLogoutRedirectUris.Distinct(StringComparer.Ordinal));
        client.Permissions = List(PermissionsOf(metadata).Distinct(StringComparer.Ordinal));
        client.Requirements = List(RequirementsOf(metadata));
        client.Settings = SettingsOf(metadata) is { Count: > 0 } settings ? JsonSerializer.Serialize(settings, Json) : null;
        client.TokenEndpointAuthMethod = metadata.TokenEndpointAuthMethod;
        client.Scope = string.Join(' ', metadata.ScopeNames);
        client.IdTokenSignedResponseAlg = metadata.IdTokenSignedResponseAlg;
        client.ReferenceAccessTokens = metadata.AccessTokenFormat == "reference";
        client.IntrospectionSignedResponseAlg = metadata.IntrospectionSignedResponseAlg;
        client.RequiredAcr = metadata.RequiredAcr;
        if (!client.Providers.SequenceEqual(metadata.Providers))
            client.Providers = [.. metadata.Providers];
        client.LocalSignInOff = !metadata.LocalSignIn;
        client.ServiceAccount = metadata.ServiceAccount;
        client.LogoUri = metadata.LogoUri;
        client.ClientUri = metadata.ClientUri;
        client.PolicyUri = metadata.PolicyUri;
        client.TosUri = metadata.TosUri;
        if (!client.Contacts.SequenceEqual(metadata.Contacts))
            client.Contacts = [.. metadata.Contacts];
        client.BackchannelLogoutUri = metadata.BackchannelLogoutUri;
        client.BackchannelLogoutSessionRequired = metadata.BackchannelLogoutSessionRequired;
        client.OfflineAccessSurvivesLogout = metadata.OfflineAccessSurvivesLogout;
    }

    private static IEnumerable<string> PermissionsOf(ClientMetadata metadata)
    {
        foreach (var grant in metadata.GrantTypes)
        {
            yield return Permissions.Prefixes.GrantType + grant;
            foreach (var endpoint in EndpointsOf(grant))
                yield return endpoint;
        }

        if (metadata.GrantTypes.Contains(GrantTypes.AuthorizationCode))
            yield return Permissions.ResponseTypes.Code;
        if (!metadata.IsPublic)
        {
            yield return Permissions.Endpoints.Introspection;
            yield return Permissions.Endpoints.Revocation;
        }

        foreach (var scope in metadata.ScopeNames)
            yield return Permissions.Prefixes.Scope + scope;
    }

    private static string[] EndpointsOf(string grant) => grant switch
    {
        GrantTypes.AuthorizationCode =>
        [
            Permissions.Endpoints.Authorization, Permissions.Endpoints.PushedAuthorization, Permissions.Endpoints.Token,
            Permissions.Endpoints.EndSession, Permissions.Endpoints.Revocation,
        ],
        GrantTypes.ClientCredentials or GrantTypes.TokenExchange => [Permissions.Endpoints.Token],
        GrantTypes.DeviceCode => [Permissions.Endpoints.DeviceAuthorization, Permissions.Endpoints.Token],
        GrantTypes.RefreshToken => [Permissions.Endpoints.Token, Permissions.Endpoints.Revocation],
        _ => [],
    };

    private static IEnumerable<string> RequirementsOf(ClientMetadata metadata)
    {
        if (metadata.RequirePkce)
            yield return Requirements.Features.ProofKeyForCodeExchange;
        if (metadata.RequirePushedAuthorizationRequests)
            yield return Requirements.Features.PushedAuthorizationRequests;
    }

    private static Dictionary<string, string> SettingsOf(ClientMetadata metadata)
    {
        var lifetimes = new (string Name, int? Seconds)[]
        {
            (Settings.TokenLifetimes.AuthorizationCode, metadata.AuthorizationCodeLifetime),
            (Settings.TokenLifetimes.AccessToken, metadata.AccessTokenLifetime),
            (Settings.TokenLifetimes.IdentityToken, metadata.IdTokenLifetime),
            (Settings.TokenLifetimes.RefreshToken, metadata.RefreshTokenLifetime),
            (Settings.TokenLifetimes.DeviceCode, metadata.DeviceCodeLifetime),
            (Settings.TokenLifetimes.UserCode, metadata.DeviceCodeLifetime),
        };
        return lifetimes
            .Where(lifetime => lifetime.Seconds is not null)
            .ToDictionary(lifetime => lifetime.Name, lifetime => TimeSpan.FromSeconds(lifetime.Seconds!.Value).ToString("c", CultureInfo.InvariantCulture));
    }

    /// <summary>The engine reads no entries as null, not as an empty array.</summary>
    private static string? List(IEnumerable<string> entries) =>
        entries.ToArray() is { Length: > 0 } list ? JsonSerializer.Serialize(list, Json) : null;
}
