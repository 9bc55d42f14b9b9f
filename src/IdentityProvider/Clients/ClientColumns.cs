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
        if (!client.TokenExchangeAudiences.SequenceEqual(metadata.TokenExchangeAudiences))
            client.TokenExchangeAudiences = [.. metadata.TokenExchangeAudiences];
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

    /// <summary>The other way round: what was written comes out as it went in.</summary>
    public static void Read(Client client, ClientMetadata metadata)
    {
        var (permissions, requirements) = (Entries(client.Permissions), Entries(client.Requirements));
        metadata.ClientId = client.ClientId!;
        metadata.ClientName = client.DisplayName;
        metadata.TokenEndpointAuthMethod = client.TokenEndpointAuthMethod;
        metadata.ApplicationType = client.ApplicationType!;
        metadata.Consent = client.ConsentType!;
        metadata.Jwks = client.JsonWebKeySet is { } keys ? JsonSerializer.Deserialize<JsonElement>(keys) : null;
        metadata.RedirectUris = Entries(client.RedirectUris);
        metadata.PostLogoutRedirectUris = Entries(client.PostLogoutRedirectUris);
        metadata.GrantTypes = [.. permissions.Where(permission => permission.StartsWith(Permissions.Prefixes.GrantType, StringComparison.Ordinal)).Select(permission => permission[Permissions.Prefixes.GrantType.Length..])];
        metadata.ResponseTypes = permissions.Contains(Permissions.ResponseTypes.Code) ? [ResponseTypes.Code] : null;
        metadata.Scope = client.Scope;
        metadata.RequirePkce = requirements.Contains(Requirements.Features.ProofKeyForCodeExchange);
        metadata.RequirePushedAuthorizationRequests = requirements.Contains(Requirements.Features.PushedAuthorizationRequests);
        metadata.IdTokenSignedResponseAlg = client.IdTokenSignedResponseAlg;
        metadata.AccessTokenFormat = client.ReferenceAccessTokens ? "reference" : "jwt";
        metadata.IntrospectionSignedResponseAlg = client.IntrospectionSignedResponseAlg;
        metadata.RequiredAcr = client.RequiredAcr;
        metadata.ServiceAccount = client.ServiceAccount;
        metadata.TokenExchangeAudiences = [.. client.TokenExchangeAudiences];
        metadata.Providers = [.. client.Providers];
        metadata.LocalSignIn = !client.LocalSignInOff;
        (metadata.LogoUri, metadata.ClientUri, metadata.PolicyUri, metadata.TosUri) = (client.LogoUri, client.ClientUri, client.PolicyUri, client.TosUri);
        metadata.Contacts = [.. client.Contacts];
        metadata.BackchannelLogoutUri = client.BackchannelLogoutUri;
        metadata.BackchannelLogoutSessionRequired = client.BackchannelLogoutSessionRequired;
        metadata.OfflineAccessSurvivesLogout = client.OfflineAccessSurvivesLogout;
        var settings = client.Settings is { } stored ? JsonSerializer.Deserialize<Dictionary<string, string>>(stored)! : [];
        int? Seconds(string name) => settings.TryGetValue(name, out var span) ? (int)TimeSpan.Parse(span, CultureInfo.InvariantCulture).TotalSeconds : null;
        metadata.AuthorizationCodeLifetime = Seconds(Settings.TokenLifetimes.AuthorizationCode);
        metadata.AccessTokenLifetime = Seconds(Settings.TokenLifetimes.AccessToken);
        metadata.IdTokenLifetime = Seconds(Settings.TokenLifetimes.IdentityToken);
        metadata.RefreshTokenLifetime = Seconds(Settings.TokenLifetimes.RefreshToken);
        metadata.DeviceCodeLifetime = Seconds(Settings.TokenLifetimes.DeviceCode);
    }

    private static List<string> Entries(string? list) => list is null ? [] : JsonSerializer.Deserialize<List<string>>(list)!;

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
