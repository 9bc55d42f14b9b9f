using System.Collections.Concurrent;
using System.Net;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.ApiKeys;

/// <summary>A key with what it allows now: nothing that its owner has lost since it was made.</summary>
internal sealed record KnownKey(
    Guid Id, Guid UserId, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, bool IsRevoked, IReadOnlyList<string> Scopes, IReadOnlyList<string> Permissions, IReadOnlyList<IPNetwork> Networks, int RequestsPerMinute, int? MonthlyQuota, long LoadedAt);

/// <summary>
/// Keys across requests. One that is revoked, whose owner is disabled or has lost a permission is seen as that on every node within
/// <see cref="Freshness"/>.
/// </summary>
internal sealed class ApiKeyCache(IServiceScopeFactory scopes, TimeProvider clock)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private const int Capacity = 10_000;
    private readonly ConcurrentDictionary<string, KnownKey> byHash = new(StringComparer.Ordinal);

    /// <summary>Null: no such key. One that was revoked or has ended is found, so that tries with it are logged.</summary>
    public async ValueTask<KnownKey?> FindAsync(string secret, CancellationToken ct)
    {
        var hash = ApiKeySecret.Hash(secret);
        if (byHash.TryGetValue(hash, out var known) && clock.GetElapsedTime(known.LoadedAt) < Freshness)
            return known;

        var loadedAt = clock.GetTimestamp();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var row = await db.Set<ApiKey>().AsNoTracking().Where(k => k.KeyHash == hash)
            .Select(k => new { Key = k, IsOwnerGone = db.Set<User>().Any(u => u.Id == k.UserId && u.DisabledAt != null) }).FirstOrDefaultAsync(ct);

        // Strangers' guesses are not remembered: they would fill the memory.
        if (row is null)
        {
            byHash.TryRemove(hash, out _);
            return null;
        }

        IReadOnlyList<string> held = row.Key.Permissions.Count == 0
            ? []
            : [.. (await scope.ServiceProvider.GetRequiredService<UserRoles>().HeldByAsync(row.Key.UserId, ct)).SelectMany(role => role.Permissions)];
        known = new KnownKey(
            row.Key.Id, row.Key.UserId, row.Key.CreatedAt, row.Key.ExpiresAt, row.Key.RevokedAt is not null || row.IsOwnerGone, row.Key.Scopes,
            [.. row.Key.Permissions.Where(wanted => held.Any(own => Permission.Implies(own, wanted)))],
            [.. row.Key.Networks.Select(ApiKeyRules.Network).OfType<IPNetwork>()], row.Key.RequestsPerMinute, row.Key.MonthlyQuota, loadedAt);
        if (byHash.Count >= Capacity)
            byHash.Clear();
        return byHash[hash] = known;
    }

    /// <summary>What this node changed it need not wait for.</summary>
    public void Forget(string hash) => byHash.TryRemove(hash, out _);
}
