using System.Security.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// Revocation (RFC 7009): a refresh token ends its grant, and with it the access tokens that came of it (section 2.1). An access
/// token that is a JWT has no row and ends alone: its jti is remembered until it would have expired. The engine does the rest.
/// </summary>
internal sealed class TokenRevocation(Store db) : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<HandleRevocationRequestContext>()
            .UseScopedHandler<TokenRevocation>()
            .SetOrder(OpenIddictServerHandlers.Revocation.RevokeToken.Descriptor.Order - 500)
            .Build();

    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        if (context.GenericTokenPrincipal is not { } token || !await RevokeAsync(token, http.RequestAborted))
            return;

        // 200 with nothing to say (section 2.2).
        http.Response.Headers.CacheControl = "no-store";
        context.HandleRequest();
    }

    private async Task<bool> RevokeAsync(ClaimsPrincipal token, CancellationToken ct)
    {
        switch (token.GetTokenType())
        {
            case TokenTypeIdentifiers.AccessToken when token.GetTokenId() is null && token.GetClaim(ClaimNames.JwtId) is { } jti:
                await db.RevokeTokenAsync(jti, token.GetExpirationDate()!.Value, ct);
                return true;
            case TokenTypeIdentifiers.RefreshToken when Guid.TryParse(token.GetAuthorizationId(), out var grant):
                await using (var transaction = await db.Database.BeginTransactionAsync(ct))
                {
                    await db.RevokeGrantsAsync(db.Set<Grant>().Where(g => g.Id == grant), ct);
                    await transaction.CommitAsync(ct);
                }

                return true;
            default:
                return false;
        }
    }
}

/// <summary>
/// A device that gives up before anybody answered takes its code back, and the code on its screen with it. Done where the code is read:
/// behind that the engine refuses a code that still waits, and answers 200 to a token that is not valid (RFC 7009 section 2.2).
/// </summary>
internal sealed class DeviceCodeRevocation(Store db) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
            .UseScopedHandler<DeviceCodeRevocation>()
            .SetOrder(Liveness.Descriptor.Order - 50)
            .Build();

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.EndpointType != OpenIddictServerEndpointType.Revocation || context.Principal!.GetTokenType() != TokenTypeIdentifiers.Private.DeviceCode
            || !context.Principal!.GetPresenters().Contains(context.Transaction.Request?.ClientId ?? "") || !Guid.TryParse(context.AuthorizationId, out var grant))
            return;
        var ct = context.Transaction.GetHttpRequest()!.HttpContext.RequestAborted;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.RevokeGrantsAsync(db.Set<Grant>().Where(g => g.Id == grant), ct);
        await transaction.CommitAsync(ct);
        context.Reject(Errors.InvalidToken, "The device code has been revoked.");
    }
}
