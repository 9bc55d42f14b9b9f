using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using OpenIddict.EntityFrameworkCore;

namespace IdentityProvider.Clients;

/// <summary>The engine's grant store without the look-up of the client on each insert: a row needs the foreign key, not the client.</summary>
internal sealed class GrantStore(IMemoryCache cache, IOpenIddictEntityFrameworkCoreContext context, IOptionsMonitor<OpenIddictEntityFrameworkCoreOptions> options, Store db)
    : OpenIddictEntityFrameworkCoreAuthorizationStore<Grant, Client, Token, Guid>(cache, context, options)
{
    public override ValueTask SetApplicationIdAsync(Grant authorization, string? identifier, CancellationToken cancellationToken)
    {
        authorization.Application = identifier is null ? null : db.StubOf(Guid.Parse(identifier));
        return ValueTask.CompletedTask;
    }
}
