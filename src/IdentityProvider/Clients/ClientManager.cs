using IdentityProvider.Platform.Secrets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;

namespace IdentityProvider.Clients;

/// <summary>Checks a secret against every one of the client that has not expired: SHA-256, constant time, no database.</summary>
internal sealed class ClientManager(
    IOpenIddictApplicationCache<Client> cache,
    ILogger<OpenIddictApplicationManager<Client>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<Client> store,
    TimeProvider clock) : OpenIddictApplicationManager<Client>(cache, logger, options, store)
{
    public override ValueTask<bool> ValidateClientSecretAsync(Client application, string secret, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        var matches = false;
        foreach (var candidate in application.Secrets)
            matches |= Handle.Matches(secret, candidate.Hash) && (candidate.ExpiresAt is null || candidate.ExpiresAt > now);
        return ValueTask.FromResult(matches);
    }
}
