using System.Collections.Immutable;
using IdentityProvider.Platform.Secrets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Clients;

/// <summary>
/// Checks a secret against every one of the client that has not expired: SHA-256, constant time, no database. Compares redirect
/// URIs as text, where the engine would read those on loopback first: other case, <c>/x/../</c> and <c>127.1</c> were the same to it.
/// </summary>
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

    public override async ValueTask<bool> ValidateRedirectUriAsync(Client application, string uri, CancellationToken cancellationToken = default) =>
        Matches(application, await GetRedirectUrisAsync(application, cancellationToken), uri);

    public override async ValueTask<bool> ValidatePostLogoutRedirectUriAsync(Client application, string uri, CancellationToken cancellationToken = default) =>
        Matches(application, await GetPostLogoutRedirectUrisAsync(application, cancellationToken), uri);

    private static bool Matches(Client application, ImmutableArray<string> registered, string uri) =>
        registered.Any(candidate => RedirectUris.Matches(candidate, uri, application.ApplicationType == ApplicationTypes.Native));
}
