using System.Collections.Concurrent;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Clients;

/// <summary>
/// Clients across requests, so that a token costs no look-up. A change shows on every node within
/// <see cref="Freshness"/>. The instances are shared: nobody changes or attaches them.
/// </summary>
internal sealed class ClientCache(IServiceScopeFactory scopes, TimeProvider clock)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private const int Capacity = 10_000;
    private readonly ConcurrentDictionary<string, Entry> byClientId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, string> clientIds = new();

    private sealed record Entry(Client Client, long LoadedAt);

    public async ValueTask<Client?> FindAsync(string clientId, CancellationToken ct)
    {
        if (byClientId.TryGetValue(clientId, out var entry) && clock.GetElapsedTime(entry.LoadedAt) < Freshness)
            return entry.Client;

        // An own scope: a client read inside a request's transaction must not outlive it when that rolls back.
        await using var scope = scopes.CreateAsyncScope();
        var client = await scope.ServiceProvider.GetRequiredService<Store>().Set<Client>().AsNoTracking()
            .Include(c => c.Secrets)
            .FirstOrDefaultAsync(c => c.ClientId == clientId, ct);

        // Unknown names are not remembered: strangers would fill the memory with them.
        if (client is null)
        {
            byClientId.TryRemove(clientId, out _);
            return null;
        }

        if (byClientId.Count >= Capacity)
            byClientId.Clear();
        byClientId[clientId] = new Entry(client, clock.GetTimestamp());
        clientIds[client.Id] = clientId;
        return client;
    }

    public async ValueTask<Client?> FindAsync(Guid id, CancellationToken ct)
    {
        if (!clientIds.TryGetValue(id, out var clientId))
        {
            await using var scope = scopes.CreateAsyncScope();
            clientId = await scope.ServiceProvider.GetRequiredService<Store>().Set<Client>().Where(c => c.Id == id).Select(c => c.ClientId).FirstOrDefaultAsync(ct);
        }

        return clientId is null ? null : await FindAsync(clientId, ct);
    }
}
