using System.Collections.Concurrent;
using System.Collections.Frozen;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Tokens;

/// <summary>
/// What was taken back while an access token may still live: grants, single tokens, people disabled and service accounts removed. The first request that
/// finds it older than <see cref="TokensOptions.RevocationsSeenWithin"/> reads what is new; all others ask no database. If it cannot
/// be read the request fails: a token is never taken on old knowledge.
/// </summary>
internal sealed class RevocationList(IServiceScopeFactory scopes, RevocationSignal signal, IOptions<TokensOptions> options, TimeProvider clock) : IDisposable
{
    /// <summary>The longest life of an access token, and some.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(65);

    /// <summary>Read again each time: rows whose transaction took this long to commit, or whose writer's clock is this far behind.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim gate = new(1);
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> revoked = new();
    private State? state;

    private sealed record State(FrozenSet<Guid> Disabled, DateTimeOffset ReadAt, long Timestamp, long Version);

    public async ValueTask<bool> HoldsAsync(Guid? grant, Guid? person, string? jti, CancellationToken ct)
    {
        var current = Fresh ?? await ReadAsync(ct);
        return (grant is { } g && revoked.ContainsKey(g))
            || (person is { } p && (current.Disabled.Contains(p) || revoked.ContainsKey(p)))
            || (jti is not null && revoked.ContainsKey(RevokedToken.IdOf(jti)));
    }

    private State? Fresh => state is { } current && current.Version == signal.Version && clock.GetElapsedTime(current.Timestamp) < options.Value.RevocationsSeenWithin ? current : null;

    private async Task<State> ReadAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            if (Fresh is { } meanwhile)
                return meanwhile;

            // Taken before the read: what is revoked while it runs makes the answer old at once.
            var (version, timestamp, now) = (signal.Version, clock.GetTimestamp(), clock.GetUtcNow());
            var oldest = now - Window;
            var since = state is null ? oldest : state.ReadAt - Overlap;
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<Store>();
            var rows = await db.Set<Grant>().Where(g => g.RevokedAt > since).Select(g => new { g.Id, Person = false })
                .Concat(db.Set<RevokedToken>().Where(t => t.RevokedAt > since).Select(t => new { t.Id, Person = false }))
                .Concat(db.Set<User>().Where(u => u.DisabledAt > oldest).Select(u => new { u.Id, Person = true }))
                .ToListAsync(ct);
            foreach (var row in rows.Where(r => !r.Person))
                revoked.TryAdd(row.Id, now);
            foreach (var (id, _) in revoked.Where(r => r.Value < oldest - Overlap))
                revoked.TryRemove(id, out _);
            return state = new State(rows.Where(r => r.Person).Select(r => r.Id).ToFrozenSet(), now, timestamp, version);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();
}
