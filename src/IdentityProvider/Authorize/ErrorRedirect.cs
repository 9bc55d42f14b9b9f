using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Authorize;

/// <summary>
/// A refused request whose client and redirect URI are registered is the client's to explain (RFC 6749 section 4.1.2.1):
/// it gets the error with its state. The engine keeps every refusal to itself; so do we where the redirect URI is not proven.
/// </summary>
internal sealed class ErrorRedirect(IOpenIddictApplicationManager clients) : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ApplyAuthorizationResponseContext>()
            .UseScopedHandler<ErrorRedirect>()
            .SetOrder(OpenIddictServerHandlers.Authentication.InferResponseMode.Descriptor.Order + 250)
            .Build();

    public async ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (context.Error is null || context.RedirectUri is not null || context.Request is not { ClientId: { Length: > 0 } clientId, RedirectUri: { Length: > 0 } redirectUri } request)
            return;
        var ct = context.Transaction.GetHttpRequest()!.HttpContext.RequestAborted;
        if (await clients.FindByClientIdAsync(clientId, ct) is not { } client || !await clients.ValidateRedirectUriAsync(client, redirectUri, ct))
            return;
        context.RedirectUri = redirectUri;
        context.ResponseMode = request.IsFormPostResponseMode() ? ResponseModes.FormPost : ResponseModes.Query;
    }
}
