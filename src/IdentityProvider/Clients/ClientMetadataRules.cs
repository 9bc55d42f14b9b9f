using System.Net.Mail;
using System.Text.Json;
using IdentityProvider.Platform.Validation;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Clients;

/// <summary>What a client's metadata must be beyond the annotations of single values.</summary>
internal static class ClientMetadataRules
{
    public static string OutsideName(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);

    public static IEnumerable<Problem> Check(ClientMetadata metadata) =>
    [
        .. Constraints.Check(metadata, OutsideName),
        .. Identity(metadata),
        .. Grants(metadata),
        .. Authentication(metadata),
        .. Uris(metadata),
        .. Scopes(metadata),
    ];

    private static IEnumerable<Problem> Identity(ClientMetadata metadata)
    {
        if (metadata.ClientId.Any(c => c is <= ' ' or > '~'))
            yield return new("client_id", "has a space or a character outside visible ASCII. Use letters, digits and -._~:/ only.");
        foreach (var (contact, i) in metadata.Contacts.Select((contact, i) => (contact, i)))
            if (!MailAddress.TryCreate(contact, out var address) || address.Address != contact || contact.Length > 254)
                yield return new($"contacts[{i}]", "is not a mail address. Write name@example.com.");
    }

    private static IEnumerable<Problem> Grants(ClientMetadata metadata)
    {
        bool Has(string grant) => metadata.GrantTypes.Contains(grant);
        if (Has(GrantTypes.ClientCredentials) && metadata.IsPublic)
            yield return new("grant_types", "has client_credentials, but the client proves nothing (token_endpoint_auth_method none). Give it a secret or a key.");
        if (metadata.ServiceAccount is not null && !Has(GrantTypes.ClientCredentials))
            yield return new("service_account", "is given, but grant_types lacks client_credentials, with which the client acts for it. Add it there, or remove the account.");
        if (metadata.TokenExchangeAudiences.Count > 0 && !Has(GrantTypes.TokenExchange))
            yield return new("token_exchange_audiences", "is given, but grant_types lacks urn:ietf:params:oauth:grant-type:token-exchange. Add it there, or remove the audiences.");
        foreach (var (audience, i) in metadata.TokenExchangeAudiences.Select((audience, i) => (audience, i)))
            if (audience.Length > 100 || WebUris.Unreadable(audience, out _) is not null)
                yield return new($"token_exchange_audiences[{i}]", "is not the identifier of an API: an absolute URI without fragment, at most 100 characters.");
        if (Has(GrantTypes.TokenExchange) && metadata.IsPublic)
            yield return new("grant_types", "has token-exchange, but the client proves nothing (token_endpoint_auth_method none). Give it a secret or a key.");
        if (Has(GrantTypes.RefreshToken) && !Has(GrantTypes.AuthorizationCode) && !Has(GrantTypes.DeviceCode))
            yield return new("grant_types", "has refresh_token, but no grant that gives one. Add authorization_code or the device code, or remove it.");
        if (metadata.GrantTypes.Count == 0 && metadata.IsPublic)
            yield return new("grant_types", "is empty, which is an API that introspects, and that needs a secret or a key. Add a grant, or set another token_endpoint_auth_method.");
        if (metadata.ResponseTypes is { } responses && responses.All(type => type == ResponseTypes.Code) && responses.Contains(ResponseTypes.Code) != Has(GrantTypes.AuthorizationCode))
            yield return new("response_types", Has(GrantTypes.AuthorizationCode) ? "lacks code, which authorization_code answers with. Add it, or leave response_types out." : "has code, but grant_types lacks authorization_code. Add it there, or remove code.");
        if (metadata.IsPublic && !metadata.RequirePkce)
            yield return new("require_pkce", "is false for a public client. Remove it: without PKCE or a secret whoever sees the code can use it (RFC 9700 section 2.1.1).");
    }

    private static IEnumerable<Problem> Authentication(ClientMetadata metadata)
    {
        var method = metadata.TokenEndpointAuthMethod;
        var withSecret = method is "client_secret_basic" or "client_secret_post";
        if (withSecret && string.IsNullOrEmpty(metadata.ClientSecret))
            yield return new("client_secret", $"is missing, and {method} needs one. Give it, or set token_endpoint_auth_method to none for a client that cannot keep a secret.");
        if (method is ("none" or "private_key_jwt") && metadata.ClientSecret is not null)
            yield return new("client_secret", $"is given, but with token_endpoint_auth_method {method} there is none. Remove it, or choose client_secret_basic.");
        if (metadata.ClientSecret?.Any(c => c is < ' ' or > '~') == true)
            yield return new("client_secret", "has a character outside ASCII (RFC 6749 appendix A.2). Use letters and digits.");
        if (method == "private_key_jwt" && metadata.Jwks is null)
            yield return new("jwks", "is missing, and private_key_jwt needs the client's public keys. Give them.");
        if (metadata.Jwks is { } keys)
            foreach (var problem in ClientKeys.Check(keys))
                yield return problem;
    }

    private static IEnumerable<Problem> Uris(ClientMetadata metadata)
    {
        var native = metadata.ApplicationType == ApplicationTypes.Native;
        if (metadata.GrantTypes.Contains(GrantTypes.AuthorizationCode) && metadata.RedirectUris.Count == 0)
            yield return new("redirect_uris", "is missing, and authorization_code needs somewhere to answer to. Give at least one URI.");
        foreach (var (name, list) in new[] { ("redirect_uris", metadata.RedirectUris), ("post_logout_redirect_uris", metadata.PostLogoutRedirectUris) })
            foreach (var (uri, i) in list.Select((uri, i) => (uri, i)))
                if (RedirectUris.Problem(uri, native) is { } text)
                    yield return new($"{name}[{i}]", $"\"{Constraints.Shown(uri)}\" {text}");
        var pages = new[]
        {
            ("logo_uri", metadata.LogoUri), ("client_uri", metadata.ClientUri), ("policy_uri", metadata.PolicyUri),
            ("tos_uri", metadata.TosUri), ("backchannel_logout_uri", metadata.BackchannelLogoutUri),
        };
        foreach (var (name, uri) in pages)
            if (uri is { Length: <= 2000 } && WebUris.Problem(uri) is { } text)
                yield return new(name, $"\"{Constraints.Shown(uri)}\" {text}");
    }

    private static IEnumerable<Problem> Scopes(ClientMetadata metadata)
    {
        var names = metadata.ScopeNames;
        if (names.Length > 50)
            yield return new("scope", $"has {names.Length} names. Give at most 50.");
        foreach (var name in names.Take(50))
            if (ScopeNames.Unfit(name) is { } text)
                yield return new("scope", $"\"{Constraints.Shown(name)}\" {text}");
        if (names.Contains(ScopeNames.OfflineAccess) && !metadata.GrantTypes.Contains(GrantTypes.RefreshToken))
            yield return new("scope", "has offline_access, but grant_types lacks refresh_token. Add it there, or remove offline_access.");
    }
}
