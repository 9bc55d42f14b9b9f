using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// Is what stands behind a token of ours still there? An access token is looked up in memory; the grant of a code, refresh or
/// device token came with its row, which the engine has just read, and the person is read when the next token is made. A used code
/// or token that comes again ends its family (RFC 6749 section 4.1.2, RFC 9700 section 4.14), a refresh token not within its grace.
/// </summary>
internal sealed class Liveness(Store db, TokenLife life, Replay replay, IOptions<TokensOptions> options, TimeProvider clock) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
            .UseScopedHandler<Liveness>()
            .SetOrder(OpenIddictServerHandlers.Protection.ValidateTokenEntry.Descriptor.Order - 400)
            .Build();

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        var ct = http.RequestAborted;
        var row = Guid.TryParse(context.TokenId, out var id) ? db.Set<Token>().Local.FindEntry(id)?.Entity : null;
        var alive = context.Principal!.GetTokenType() switch
        {
            // A key was looked up a moment ago.
            TokenTypeIdentifiers.AccessToken when BearerTokens.IsApiKey(context.Principal!) => true,
            TokenTypeIdentifiers.AccessToken => await life.IsAliveAsync(context.Principal!, ct),
            TokenTypeIdentifiers.Private.AuthorizationCode or TokenTypeIdentifiers.RefreshToken => await IsGrantAliveAsync(context, ct),

            // A device code that nobody has answered, or that was denied, has a grant without a person.
            TokenTypeIdentifiers.Private.DeviceCode when row?.Status is Statuses.Valid => await IsGrantAliveAsync(context, ct),
            _ => true,
        };
        if (!alive)
            context.Reject(Errors.InvalidToken, "The token has been revoked.");
        else if (row?.Status is Statuses.Redeemed && !IsInGrace(row) && Guid.TryParse(context.AuthorizationId, out var grant)
            && row.Type is TokenTypeIdentifiers.Private.AuthorizationCode or TokenTypeIdentifiers.RefreshToken or TokenTypeIdentifiers.Private.DeviceCode)
        {
            // The engine refuses the replay itself right after this; it revokes rows only, not the grant that JWTs hang on.
            // Who revokes a token that was replaced, or asks about it, cleans up: no reason to alarm the person.
            await replay.EndFamilyAsync(grant, row.Type == TokenTypeIdentifiers.RefreshToken && context.EndpointType == OpenIddictServerEndpointType.Token, http);
        }
    }

    private async Task<bool> IsGrantAliveAsync(ValidateTokenContext context, CancellationToken ct) =>
        Guid.TryParse(context.AuthorizationId, out var id)
        && (db.Set<Grant>().Local.FindEntry(id)?.Entity ?? await db.Set<Grant>().AsNoTracking().FirstOrDefaultAsync(g => g.Id == id, ct)) is { Status: Statuses.Valid, UserId: not null };

    private bool IsInGrace(Token row) =>
        row.Type == TokenTypeIdentifiers.RefreshToken && clock.GetUtcNow().UtcDateTime < row.RedemptionDate + options.Value.RefreshTokenGrace;
}
