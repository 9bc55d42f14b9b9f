using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform;
using Microsoft.AspNetCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>Completes discovery (OpenID Connect Discovery 1.0 section 3, RFC 8414) with what this server does beyond the engine.</summary>
internal sealed class Metadata(ScopeCatalog catalog, IOptions<IdentityProviderOptions> options) : IOpenIddictServerHandler<ApplyConfigurationResponseContext>
{
    private static readonly string[] AssertionAlgorithms = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
    private static readonly string[] AuthenticationMethods = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ApplyConfigurationResponseContext>()
            .UseScopedHandler<Metadata>()
            .SetOrder(int.MinValue + 100_000)
            .Build();

    public async ValueTask HandleAsync(ApplyConfigurationResponseContext context)
    {
        if (context.Error is not null)
            return;
        var response = context.Response;
        var snapshot = await catalog.GetAsync(context.Transaction.GetHttpRequest()!.HttpContext.RequestAborted);
        var claims = UserClaims.Supported.Concat(snapshot.Scopes.Values.SelectMany(s => s.Claims)).Distinct(StringComparer.Ordinal);

        response[OpenIddictConstants.Metadata.Issuer] = options.Value.Issuer;
        response[OpenIddictConstants.Metadata.ScopesSupported] = Array(snapshot.Scopes.Keys.Where(scope => !AdminScopes.IsArea(scope)).Order(StringComparer.Ordinal));
        response[OpenIddictConstants.Metadata.ClaimsSupported] = Array(claims);
        response["claims_parameter_supported"] = true;
        response["backchannel_logout_supported"] = true;
        response["backchannel_logout_session_supported"] = true;
        response["acr_values_supported"] = Array(Acr.Supported);
        response["ui_locales_supported"] = Array(["en"]);
        response["prompt_values_supported"] = Array([PromptValues.None, PromptValues.Login, PromptValues.Consent, PromptValues.SelectAccount]);
        response["id_token_signing_alg_values_supported"] = response["introspection_signing_alg_values_supported"] = Array(["RS256", "ES256", "PS256"]);
        foreach (var endpoint in new[] { "token", "introspection", "revocation" })
        {
            response[$"{endpoint}_endpoint_auth_methods_supported"] = Array(endpoint == "introspection" ? AuthenticationMethods[1..] : AuthenticationMethods);
            response[$"{endpoint}_endpoint_auth_signing_alg_values_supported"] = Array(AssertionAlgorithms);
        }

        foreach (var foreign in new[] { "device_authorization_endpoint_auth_methods_supported", "pushed_authorization_request_endpoint_auth_methods_supported" })
            response.RemoveParameter(foreign);
    }

    private static OpenIddictParameter Array(IEnumerable<string> values) => new([.. values]);
}
