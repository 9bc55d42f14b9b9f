using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using OpenIddict.EntityFrameworkCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Clients;

/// <summary>
/// The engine's token store without the look-up of the client on each insert: a row needs the foreign key, not the client.
/// And with one write for each token: the engine makes an empty row for its id and fills it when the token is made, so the
/// row waits in memory until then.
/// </summary>
internal sealed class TokenStore(IMemoryCache cache, IOpenIddictEntityFrameworkCoreContext context, IOptionsMonitor<OpenIddictEntityFrameworkCoreOptions> options, Store db, Succession succession, IHttpContextAccessor http)
    : OpenIddictEntityFrameworkCoreTokenStore<Token, Client, Grant, Guid>(cache, context, options)
{
    /// <summary>A device code remembers where it was asked for, and the pace of its polls.</summary>
    public override ValueTask CreateAsync(Token token, CancellationToken cancellationToken)
    {
        if (token.Type == TokenTypeIdentifiers.Private.DeviceCode)
        {
            token.Address = http.HttpContext is { } request ? ClientAddress.Of(request) : null;
            token.PollInterval = 5;
        }

        db.Add(token);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask UpdateAsync(Token token, CancellationToken cancellationToken)
    {
        if (db.Entry(token).State == EntityState.Added)
        {
            if (token.Type == TokenTypeIdentifiers.RefreshToken && succession.Reference is { } reference)
                token.ReferenceId = Succession.Stored(reference);
            await db.SaveChangesAsync(cancellationToken);
        }
        else
        {
            await base.UpdateAsync(token, cancellationToken);
        }
    }

    public override ValueTask SetApplicationIdAsync(Token token, string? identifier, CancellationToken cancellationToken)
    {
        token.Application = identifier is null ? null : db.StubOf(Guid.Parse(identifier));
        return ValueTask.CompletedTask;
    }
}

internal static class ClientStub
{
    /// <summary>A tracked stand-in for a client that exists, good for setting foreign keys.</summary>
    public static Client StubOf(this Store db, Guid id) =>
        db.Set<Client>().Local.FindEntry(id)?.Entity ?? db.Attach(new Client { Id = id }).Entity;
}
