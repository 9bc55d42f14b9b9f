using Microsoft.AspNetCore;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// The form_post page is the one page that posts to a client, by the engine's one inline script: its policy names that
/// script's hash and the client's origin, and nothing more.
/// </summary>
internal sealed class FormPost : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    private const string ScriptHash = "'sha256-j7OoGArf6XW6YY4cAyS3riSSvrJRqpSi1fOF9vQ5SrI='";

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ApplyAuthorizationResponseContext>()
            .UseSingletonHandler<FormPost>()
            .SetOrder(OpenIddictServerHandlers.Authentication.InferResponseMode.Descriptor.Order + 500)
            .Build();

    public ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (context.ResponseMode == ResponseModes.FormPost && Uri.TryCreate(context.RedirectUri, UriKind.Absolute, out var client))
        {
            context.Transaction.GetHttpRequest()!.HttpContext.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src {ScriptHash}; form-action {client.Scheme}://{client.Authority}; base-uri 'none'; frame-ancestors 'none'";
        }

        return default;
    }
}

/// <summary>The iss parameter (RFC 9207) is the issuer exactly as configured and as in discovery.</summary>
internal sealed class ResponseIssuer(Microsoft.Extensions.Options.IOptions<Platform.IdentityProviderOptions> options) : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ApplyAuthorizationResponseContext>()
            .UseSingletonHandler<ResponseIssuer>()
            .SetOrder(OpenIddictServerHandlers.Authentication.AttachIssuer.Descriptor.Order + 500)
            .Build();

    public ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (context.RedirectUri is not null)
            context.Response[Parameters.Iss] = options.Value.Issuer;
        return default;
    }
}
