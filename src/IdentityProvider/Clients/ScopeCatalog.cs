using System.Collections.Frozen;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Clients;

/// <summary>All scopes and APIs of the deployment, in memory. Fresh like the client cache.</summary>
internal sealed class ScopeCatalog(IServiceScopeFactory scopes, TimeProvider clock)
{
    private volatile Snapshot? current;

    internal sealed record Snapshot(FrozenDictionary<string, ScopeInfo> Scopes, FrozenDictionary<string, ApiInfo> Apis, long LoadedAt)
    {
        public IEnumerable<ScopeInfo> Find(IEnumerable<string> names) => names.Select(n => Scopes.GetValueOrDefault(n)).OfType<ScopeInfo>();

        /// <summary>The scope that releases a claim, if any: a claim is asked for under the permission of its scope.</summary>
        public bool Releases(IEnumerable<string> scopes, string claim) => Find(scopes).Any(s => s.Claims.Contains(claim));
    }

    public async ValueTask<Snapshot> GetAsync(CancellationToken ct)
    {
        if (current is { } snapshot && clock.GetElapsedTime(snapshot.LoadedAt) < ClientCache.Freshness)
            return snapshot;

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var apis = await db.Set<Api>().AsNoTracking().OrderBy(a => a.Identifier).Select(a => new { a.Id, a.Identifier, a.Roles }).ToListAsync(ct);
        var stored = await db.Set<Scope>().AsNoTracking().OrderBy(s => s.Name).ToListAsync(ct);
        var owners = apis.ToDictionary(a => a.Id, a => a.Identifier);
        var all = StandardScopes.All.Concat(stored.Select(s =>
            new ScopeInfo(s.Name, s.Description ?? s.Name, s.ApiId is { } api ? owners[api] : null, s.Claims) { Permissions = s.Permissions }));

        return current = new Snapshot(
            all.DistinctBy(s => s.Name).ToFrozenDictionary(s => s.Name, StringComparer.Ordinal),
            apis.ToFrozenDictionary(a => a.Identifier, a => new ApiInfo(a.Identifier, a.Roles), StringComparer.Ordinal),
            clock.GetTimestamp());
    }
}
