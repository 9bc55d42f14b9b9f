using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// Revocation (RFC 7009) of an access token, which has no row: its jti is remembered until it would have expired. The engine
/// revokes what has a row.
/// </summary>
internal sealed class AccessTokenRevocation(Store db) : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<HandleRevocationRequestContext>()
            .UseScopedHandler<AccessTokenRevocation>()
            .SetOrder(OpenIddictServerHandlers.Revocation.RevokeToken.Descriptor.Order - 500)
            .Build();

    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        if (context.GenericTokenPrincipal is not { } token || token.GetTokenType() != TokenTypeIdentifiers.AccessToken || token.GetClaim(ClaimNames.JwtId) is not { } jti)
            return;
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        await SpentIdentifier.TrySpendAsync(db, SpentIdentifier.KeyOf("access-token", "", jti), token.GetExpirationDate()!.Value, http.RequestAborted);

        // 200 with nothing to say (section 2.2); the engine's own step would look for a row.
        http.Response.Headers.CacheControl = "no-store";
        context.HandleRequest();
    }
}
