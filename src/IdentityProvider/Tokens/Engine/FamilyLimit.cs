using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// One person and one client keep so many families of refresh tokens and no more: an app that signs in anew at each start must not
/// pile up keys to the account that nobody remembers. Runs when the new family is committed, so that of many that begin at once the
/// last sees all; each that gives way ends in a transaction of its own, so that two never wait for each other crosswise.
/// </summary>
internal sealed class FamilyLimit(Store db, IOptions<TokensOptions> options, EventLog events, TimeProvider clock) : IOpenIddictServerHandler<ProcessSignInContext>
{
    private const int Batch = 100;

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessSignInContext>()
            .UseScopedHandler<FamilyLimit>()
            .SetOrder(CommitIssue.Descriptor.Order + 100)
            .Build();

    // Not the request's token: what has begun has to make room.
    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (context.EndpointType != OpenIddictServerEndpointType.Token || context.RefreshToken is null || context.Request.IsRefreshTokenGrantType()
            || !Guid.TryParse(context.Principal?.GetAuthorizationId(), out var begun) || !Guid.TryParse(context.Principal.GetClaim(ClaimNames.Subject), out var userId))
            return;
        foreach (var grantId in await OldestAsync(begun, userId, context.ClientId))
        {
            await events.RecordAsync(
                db, async () => await db.RevokeGrantsAsync(db.Set<Grant>().Where(g => g.Id == grantId), CancellationToken.None) == 0 ? null : new FamilyReplaced(grantId, userId, context.ClientId!), CancellationToken.None);
        }
    }

    private Task<List<Guid>> OldestAsync(Guid begun, Guid userId, string? clientId)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return db.Set<Grant>().AsNoTracking()
            .Where(g => g.UserId == userId && g.Application!.ClientId == clientId && g.Id != begun && g.Status == Statuses.Valid
                && g.Tokens.Any(t => t.Type == TokenTypeIdentifiers.RefreshToken && t.Status == Statuses.Valid && t.ExpirationDate > now))
            .OrderByDescending(g => g.CreationDate).ThenByDescending(g => g.Id)
            .Skip(options.Value.RefreshTokenFamiliesPerUserAndClient - 1).Take(Batch).Select(g => g.Id).ToListAsync(CancellationToken.None);
    }
}

internal sealed record FamilyReplaced(Guid GrantId, Guid UserId, string ClientId) : IEvent
{
    public string Name => "tokens.family_replaced";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("grant", GrantId), new("user", UserId), new("client", ClientId)];
}
