using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// Spends the code, refresh token, device code or pushed request that pays for the answer (a user code is spent by the page), in one statement that only one of
/// many parallel requests can win. All that follows in this request is one transaction, committed by <see cref="CommitIssue"/>.
/// A loser is a replay that races the first use: the whole family dies, also what the winner is about to get. A refresh token has a
/// grace: the loser gets the winner's successor.
/// </summary>
internal sealed class Redemption(Store db, Successor successor, Succession succession, Replay replay) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessSignInContext>()
            .UseScopedHandler<Redemption>()
            .SetOrder(OpenIddictServerHandlers.RedeemTokenEntry.Descriptor.Order)
            .Build();

    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (Payment(context) is not { } payment || !Guid.TryParse(payment.GetTokenId(), out var id))
            return;

        var ct = context.Transaction.GetHttpRequest()!.HttpContext.RequestAborted;
        var refresh = context.EndpointType == OpenIddictServerEndpointType.Token && context.Request.IsRefreshTokenGrantType() ? context.Request.RefreshToken : null;
        var transaction = await db.Database.BeginTransactionAsync(ct);
        var won = await db.Set<Token>().Where(t => t.Id == id && t.Status == Statuses.Valid).ExecuteUpdateAsync(set => set
            .SetProperty(t => t.Status, Statuses.Redeemed)
            .SetProperty(t => t.RedemptionDate, context.Options.TimeProvider.GetUtcNow().UtcDateTime), ct);
        if (won == 1)
        {
            succession.Reference = refresh is null ? null : succession.Next(refresh);
            return;
        }

        await transaction.RollbackAsync(ct);
        db.ChangeTracker.Clear();
        if (refresh is not null && await successor.FindAsync(refresh, ct) is { } tip)
        {
            succession.Reference = tip;
            context.Transaction.SetProperty(Successor.Property, tip);
            return;
        }

        if (Guid.TryParse(payment.GetAuthorizationId(), out var grant))
            await replay.EndFamilyAsync(grant, refresh is not null, context.Transaction.GetHttpRequest()!.HttpContext);
        context.Reject(Errors.InvalidGrant, "The code or token has been used before.");
    }

    private static System.Security.Claims.ClaimsPrincipal? Payment(ProcessSignInContext context)
    {
        var proofs = context.Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!);
        return context.EndpointType switch
        {
            OpenIddictServerEndpointType.Authorization => proofs?.RequestTokenPrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsAuthorizationCodeGrantType() => proofs?.AuthorizationCodePrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsDeviceCodeGrantType() => proofs?.DeviceCodePrincipal,
            OpenIddictServerEndpointType.Token when context.Request.IsRefreshTokenGrantType() => proofs?.RefreshTokenPrincipal,
            _ => null,
        };
    }
}

/// <summary>
/// Nothing leaves before its rows are there: commits when all tokens are made and before the answer is written. (The engine's handler for
/// custom parameters runs before the tokens are made, that for the others after them.)
/// </summary>
internal sealed class CommitIssue(Store db) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessSignInContext>()
            .UseScopedHandler<CommitIssue>()
            .SetOrder(OpenIddictServerHandlers.AttachSignInParameters.Descriptor.Order + 500)
            .Build();

    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (db.Database.CurrentTransaction is { } transaction)
            await transaction.CommitAsync(context.Transaction.GetHttpRequest()!.HttpContext.RequestAborted);
    }
}
