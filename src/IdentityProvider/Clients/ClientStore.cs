using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using OpenIddict.EntityFrameworkCore;

namespace IdentityProvider.Clients;

/// <summary>The engine's client store, reading through the cross-request cache.</summary>
internal sealed class ClientStore(IMemoryCache cache, IOpenIddictEntityFrameworkCoreContext context, IOptionsMonitor<OpenIddictEntityFrameworkCoreOptions> options, ClientCache clients)
    : OpenIddictEntityFrameworkCoreApplicationStore<Client, Grant, Token, Guid>(cache, context, options)
{
    public override ValueTask<Client?> FindByClientIdAsync(string identifier, CancellationToken cancellationToken) =>
        clients.FindAsync(identifier, cancellationToken);

    public override ValueTask<Client?> FindByIdAsync(string identifier, CancellationToken cancellationToken) =>
        Guid.TryParse(identifier, out var id) ? clients.FindAsync(id, cancellationToken) : default;
}
