using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// Is what stands behind a token of ours still there: the grant, the person, and has the token itself not been revoked?
/// One query, at every use of a code, refresh, device or access token at this server. A used code or token that comes
/// again ends its family (RFC 6749 section 4.1.2, RFC 9700 section 4.14).
/// </summary>
internal sealed class Liveness(Store db, EventLog events) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
            .UseScopedHandler<Liveness>()
            .SetOrder(OpenIddictServerHandlers.Protection.ValidateTokenEntry.Descriptor.Order - 400)
            .Build();

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        var type = context.Principal!.GetTokenType();
        var ct = context.Transaction.GetHttpRequest()!.HttpContext.RequestAborted;
        var alive = type switch
        {
            TokenTypeIdentifiers.AccessToken => await IsAliveAsync(context.Principal!.GetClaim(TokenFormat.GrantId), context.Principal!.GetClaim(ClaimNames.JwtId), ct),
            TokenTypeIdentifiers.Private.AuthorizationCode or TokenTypeIdentifiers.RefreshToken => await IsAliveAsync(context.AuthorizationId, null, ct),

            // A device code that nobody has answered, or that was denied, has a grant without a person.
            TokenTypeIdentifiers.Private.DeviceCode when StatusOf(context) is Statuses.Valid => await IsAliveAsync(context.AuthorizationId, null, ct),
            _ => true,
        };
        if (!alive)
        {
            context.Reject(Errors.InvalidToken, "The token has been revoked.");
            return;
        }

        if (type is TokenTypeIdentifiers.Private.AuthorizationCode or TokenTypeIdentifiers.RefreshToken or TokenTypeIdentifiers.Private.DeviceCode)
            await EndFamilyOfReplayAsync(context, ct);
    }

    private async Task<bool> IsAliveAsync(string? grantId, string? jti, CancellationToken ct)
    {
        var revoked = jti is null ? null : SpentIdentifier.KeyOf("access-token", "", jti);
        if (grantId is null)
            return revoked is null || !await db.Set<SpentIdentifier>().AnyAsync(s => s.Id == revoked, ct);
        if (!Guid.TryParse(grantId, out var id))
            return false;
        var grants = db.Set<Grant>().Where(g => g.Id == id && g.Status == Statuses.Valid && db.Set<User>().Any(u => u.Id == g.UserId && u.DisabledAt == null));
        return revoked is null
            ? await grants.AnyAsync(ct)
            : await grants.AnyAsync(g => !db.Set<SpentIdentifier>().Any(s => s.Id == revoked), ct);
    }

    /// <summary>The status of the row the engine has just read.</summary>
    private string? StatusOf(ValidateTokenContext context) => Guid.TryParse(context.TokenId, out var id) ? db.Set<Token>().Local.FindEntry(id)?.Entity.Status : null;

    /// <summary>The engine refuses the replay itself right after this; it revokes rows only, not the grant that JWTs hang on.</summary>
    private async Task EndFamilyOfReplayAsync(ValidateTokenContext context, CancellationToken ct)
    {
        if (!Guid.TryParse(context.AuthorizationId, out var grant) || StatusOf(context) is not Statuses.Redeemed)
            return;
        await db.RevokeGrantsAsync(db.Set<Grant>().Where(g => g.Id == grant), ct);
        events.Raise(new TokenReplayed(grant));
    }
}
