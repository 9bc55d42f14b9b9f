using System.Globalization;
using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace IdentityProvider.Admin.Clients;

/// <summary>What the settings' form of a client holds; turned into its metadata, which the rules of the API then judge.</summary>
internal sealed class ClientForm
{
    /// <summary>Which field holds which fact, in the order of the page, and how a sentence about it begins.</summary>
    public static readonly (string Property, string Field, string Words)[] Labels =
    [
        ("client_name", "client_name", "The name"), ("redirect_uris", "redirect_uris", "The list of redirect URIs"), ("post_logout_redirect_uris", "post_logout_redirect_uris", "The list of sign-out URIs"),
        ("grant_types", "grant_types", "The list of grants"), ("scope", "scope", "The list of scopes"),
        ("token_endpoint_auth_method", "token_endpoint_auth_method", "The method"), ("jwks", "jwks", "The key set"), ("application_type", "application_type", "The type"), ("consent", "consent", "The choice"),
        ("require_pkce", "require_pkce", "“PKCE”"), ("require_pushed_authorization_requests", "require_pushed_authorization_requests", "“Pushed requests”"),
        ("required_acr", "required_acr", "The strength"), ("providers", "providers", "The list of providers"), ("local_sign_in", "local_sign_in", "“Local sign-in”"),
        ("authorization_code_lifetime", "authorization_code_lifetime", "The life of a code"), ("access_token_lifetime", "access_token_lifetime", "The life of an access token"),
        ("id_token_lifetime", "id_token_lifetime", "The life of an ID token"), ("refresh_token_lifetime", "refresh_token_lifetime", "The life of a refresh token"), ("device_code_lifetime", "device_code_lifetime", "The life of a device code"),
        ("access_token_format", "access_token_format", "The form"), ("id_token_signed_response_alg", "id_token_signed_response_alg", "The algorithm"), ("introspection_signed_response_alg", "introspection_signed_response_alg", "The algorithm"),
        ("backchannel_logout_uri", "backchannel_logout_uri", "The address"), ("backchannel_logout_session_required", "backchannel_logout_session_required", "“Session id”"), ("offline_access_survives_logout", "offline_access_survives_logout", "“Living on”"),
        ("client_uri", "client_uri", "The home page"), ("logo_uri", "logo_uri", "The logo"), ("policy_uri", "policy_uri", "The privacy page"), ("tos_uri", "tos_uri", "The terms"), ("contacts", "contacts", "The list of contacts"),
        ("service_account", "service_account", "The service account"), ("token_exchange_audiences", "token_exchange_audiences", "The list of APIs"),
    ];

    public static readonly string[] Fields = [.. Labels.Select(label => label.Field)];

    [FromForm(Name = "client_name")]
    public string? ClientName { get; set; }

    [FromForm(Name = "redirect_uris")]
    public string? RedirectUris { get; set; }

    [FromForm(Name = "post_logout_redirect_uris")]
    public string? PostLogoutRedirectUris { get; set; }

    [FromForm(Name = "grant_types")]
    public List<string> GrantTypes { get; set; } = [];

    [FromForm(Name = "scope")]
    public List<string> Scopes { get; set; } = [];

    [FromForm(Name = "more-scope")]
    public string? OtherScopes { get; set; }

    [FromForm(Name = "token_endpoint_auth_method")]
    public string? TokenEndpointAuthMethod { get; set; }

    [FromForm(Name = "jwks")]
    public string? Jwks { get; set; }

    [FromForm(Name = "application_type")]
    public string? ApplicationType { get; set; }

    [FromForm(Name = "consent")]
    public string? Consent { get; set; }

    [FromForm(Name = "require_pkce")]
    public bool RequirePkce { get; set; }

    [FromForm(Name = "require_pushed_authorization_requests")]
    public bool RequirePushedAuthorizationRequests { get; set; }

    [FromForm(Name = "required_acr")]
    public string? RequiredAcr { get; set; }

    [FromForm(Name = "providers")]
    public List<string> Providers { get; set; } = [];

    [FromForm(Name = "local_sign_in")]
    public bool LocalSignIn { get; set; }

    [FromForm(Name = "authorization_code_lifetime")]
    public string? AuthorizationCodeLifetime { get; set; }

    [FromForm(Name = "access_token_lifetime")]
    public string? AccessTokenLifetime { get; set; }

    [FromForm(Name = "id_token_lifetime")]
    public string? IdTokenLifetime { get; set; }

    [FromForm(Name = "refresh_token_lifetime")]
    public string? RefreshTokenLifetime { get; set; }

    [FromForm(Name = "device_code_lifetime")]
    public string? DeviceCodeLifetime { get; set; }

    [FromForm(Name = "access_token_format")]
    public string? AccessTokenFormat { get; set; }

    [FromForm(Name = "id_token_signed_response_alg")]
    public string? IdTokenSignedResponseAlg { get; set; }

    [FromForm(Name = "introspection_signed_response_alg")]
    public string? IntrospectionSignedResponseAlg { get; set; }

    [FromForm(Name = "backchannel_logout_uri")]
    public string? BackchannelLogoutUri { get; set; }

    [FromForm(Name = "backchannel_logout_session_required")]
    public bool BackchannelLogoutSessionRequired { get; set; }

    [FromForm(Name = "offline_access_survives_logout")]
    public bool OfflineAccessSurvivesLogout { get; set; }

    [FromForm(Name = "client_uri")]
    public string? ClientUri { get; set; }

    [FromForm(Name = "logo_uri")]
    public string? LogoUri { get; set; }

    [FromForm(Name = "policy_uri")]
    public string? PolicyUri { get; set; }

    [FromForm(Name = "tos_uri")]
    public string? TosUri { get; set; }

    [FromForm(Name = "contacts")]
    public string? Contacts { get; set; }

    [FromForm(Name = "service_account")]
    public string? ServiceAccount { get; set; }

    [FromForm(Name = "token_exchange_audiences")]
    public string? TokenExchangeAudiences { get; set; }

    public static ClientForm Of(ClientMetadata client) => new()
    {
        ClientName = client.ClientName,
        RedirectUris = string.Join('\n', client.RedirectUris),
        PostLogoutRedirectUris = string.Join('\n', client.PostLogoutRedirectUris),
        GrantTypes = [.. client.GrantTypes],
        Scopes = [.. client.ScopeNames],
        TokenEndpointAuthMethod = client.TokenEndpointAuthMethod,
        Jwks = client.Jwks?.GetRawText(),
        ApplicationType = client.ApplicationType,
        Consent = client.Consent,
        RequirePkce = client.RequirePkce,
        RequirePushedAuthorizationRequests = client.RequirePushedAuthorizationRequests,
        RequiredAcr = client.RequiredAcr,
        Providers = [.. client.Providers],
        LocalSignIn = client.LocalSignIn,
        AuthorizationCodeLifetime = Text(client.AuthorizationCodeLifetime),
        AccessTokenLifetime = Text(client.AccessTokenLifetime),
        IdTokenLifetime = Text(client.IdTokenLifetime),
        RefreshTokenLifetime = Text(client.RefreshTokenLifetime),
        DeviceCodeLifetime = Text(client.DeviceCodeLifetime),
        AccessTokenFormat = client.AccessTokenFormat,
        IdTokenSignedResponseAlg = client.IdTokenSignedResponseAlg,
        IntrospectionSignedResponseAlg = client.IntrospectionSignedResponseAlg,
        BackchannelLogoutUri = client.BackchannelLogoutUri,
        BackchannelLogoutSessionRequired = client.BackchannelLogoutSessionRequired,
        OfflineAccessSurvivesLogout = client.OfflineAccessSurvivesLogout,
        ClientUri = client.ClientUri,
        LogoUri = client.LogoUri,
        PolicyUri = client.PolicyUri,
        TosUri = client.TosUri,
        Contacts = string.Join('\n', client.Contacts),
        ServiceAccount = client.ServiceAccount,
        TokenExchangeAudiences = string.Join('\n', client.TokenExchangeAudiences),
    };

    /// <param name="now">How the client is: what is ticked keeps its order, so that a form sent as it was shown changes nothing.</param>
    /// <returns>The client as the form says it, and what of it could not be read.</returns>
    public (ClientMetadata Metadata, IReadOnlyCollection<Problem> Unreadable) Read(ClientMetadata now)
    {
        var problems = new List<Problem>();
        return (new ClientMetadata
        {
            ClientId = now.ClientId,
            ClientName = Line(ClientName),
            RedirectUris = [.. Lines(RedirectUris)],
            PostLogoutRedirectUris = [.. Lines(PostLogoutRedirectUris)],
            GrantTypes = InOrderOf(now.GrantTypes, GrantTypes),
            Scope = string.Join(' ', InOrderOf(now.ScopeNames, Scopes.Concat(RefusedForm.Words(OtherScopes)))),
            TokenEndpointAuthMethod = Line(TokenEndpointAuthMethod) ?? "",
            Jwks = Keys(problems),
            ApplicationType = Line(ApplicationType) ?? "",
            Consent = Line(Consent) ?? "",
            RequirePkce = RequirePkce,
            RequirePushedAuthorizationRequests = RequirePushedAuthorizationRequests,
            RequiredAcr = Line(RequiredAcr),
            Providers = InOrderOf(now.Providers, Providers),
            LocalSignIn = LocalSignIn,
            AuthorizationCodeLifetime = Seconds(AuthorizationCodeLifetime, "authorization_code_lifetime", problems),
            AccessTokenLifetime = Seconds(AccessTokenLifetime, "access_token_lifetime", problems),
            IdTokenLifetime = Seconds(IdTokenLifetime, "id_token_lifetime", problems),
            RefreshTokenLifetime = Seconds(RefreshTokenLifetime, "refresh_token_lifetime", problems),
            DeviceCodeLifetime = Seconds(DeviceCodeLifetime, "device_code_lifetime", problems),
            AccessTokenFormat = Line(AccessTokenFormat) ?? "",
            IdTokenSignedResponseAlg = Line(IdTokenSignedResponseAlg) ?? "",
            IntrospectionSignedResponseAlg = Line(IntrospectionSignedResponseAlg) ?? "",
            BackchannelLogoutUri = Line(BackchannelLogoutUri),
            BackchannelLogoutSessionRequired = BackchannelLogoutSessionRequired,
            OfflineAccessSurvivesLogout = OfflineAccessSurvivesLogout,
            ClientUri = Line(ClientUri),
            LogoUri = Line(LogoUri),
            PolicyUri = Line(PolicyUri),
            TosUri = Line(TosUri),
            Contacts = [.. Lines(Contacts)],
            ServiceAccount = Line(ServiceAccount),
            TokenExchangeAudiences = [.. Lines(TokenExchangeAudiences)],
        }, problems);
    }

    public static void Tell(ModelStateDictionary state, IResult refused, string field = "") => state.Tell(refused, field, Labels);

    /// <summary>What was typed one a line; addresses have no spaces in them.</summary>
    public static IEnumerable<string> Lines(string? text) => (text ?? "").Split([' ', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(RefusedForm.Clean);

    /// <summary>Null where nothing was typed.</summary>
    public static string? Line(string? text) => RefusedForm.Clean(text) is { Length: > 0 } line ? line : null;

    private static List<string> InOrderOf(IReadOnlyCollection<string> now, IEnumerable<string> chosen)
    {
        var names = chosen.Select(RefusedForm.Clean).Distinct(StringComparer.Ordinal).ToList();
        return [.. now.Where(names.Contains), .. names.Except(now, StringComparer.Ordinal)];
    }

    private static string? Text(int? seconds) => seconds?.ToString(CultureInfo.InvariantCulture);

    private static int? Seconds(string? text, string property, List<Problem> problems)
    {
        if (Line(text) is not { } typed)
            return null;
        if (int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return seconds;
        problems.Add(new Problem(property, "is no whole number of seconds."));
        return null;
    }

    private JsonElement? Keys(List<Problem> problems)
    {
        if (string.IsNullOrWhiteSpace(Jwks))
            return null;
        try
        {
            using var document = JsonDocument.Parse(Jwks);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Said below.
        }

        problems.Add(new Problem("jwks", "is not JSON like {\"keys\":[…]}."));
        return null;
    }
}
