using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Platform.Limits;

/// <summary>
/// Let through or not. <see cref="RetryAfter"/> says when the next one would pass: zero while there is room, and set
/// on the last permit too, so that whoever watches for the limit need not run into it.
/// </summary>
internal readonly record struct LimitLease(bool Acquired, TimeSpan RetryAfter);

/// <summary>
/// Counts in the database, for all nodes alike. A singleton that opens a connection of its own per call: a request that
/// rolls its transaction back gets no permit back with it. Call it before a transaction is open (SQLite has one writer).
/// </summary>
internal sealed class RateLimiter(IServiceScopeFactory scopes, TimeProvider clock, EventLog events)
{
    private const int PruneBatch = 1_000, MaxRounds = 20;

    /// <param name="policy">The limit's name; keys of different policies never meet.</param>
    /// <param name="limit">The limit, from <see cref="RateLimitsOptions"/>.</param>
    /// <param name="key">Who is counted. Stored as a hash only.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<LimitLease> TryAcquireAsync(string policy, RateLimit limit, string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var hash = HashOf(policy, key);
        // A lost round means that the row was made, filled or reset meanwhile: look again.
        for (var round = 0; round < MaxRounds; round++)
        {
            var window = new SlidingWindow(limit.Permits, limit.Window.Ticks, clock.GetUtcNow().UtcTicks);
            var number = window.Number;
            var counts = await db.Set<RateCounter>().AsNoTracking()
                .Where(c => c.Key == hash && (c.Window == number || c.Window == number - 1))
                .ToDictionaryAsync(c => c.Window, c => c.Count, ct);
            var previous = counts.GetValueOrDefault(number - 1);
            var current = counts.GetValueOrDefault(number);

            // A flood that is already refused costs one read and no write.
            if (current >= window.Allowed(previous))
            {
                events.Raise(new LimitReached(policy));
                return new LimitLease(false, window.RetryAfter(previous, current));
            }

            if (await (counts.ContainsKey(number) ? IncrementAsync(db, window, hash, previous, ct) : InsertAsync(db, window, hash, ct)))
                return new LimitLease(true, window.RetryAfter(previous, current + 1));
        }
        return new LimitLease(false, TimeSpan.FromSeconds(1));
    }

    /// <summary>Forgets what a key used: a success that makes its earlier failures harmless.</summary>
    public async Task ResetAsync(string policy, string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var hash = HashOf(policy, key);
        await scope.ServiceProvider.GetRequiredService<Store>().Set<RateCounter>().Where(c => c.Key == hash).ExecuteDeleteAsync(ct);
    }

    /// <summary>Deletes counters that no window needs any more; returns how many.</summary>
    public async Task<int> PruneAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var expired = scope.ServiceProvider.GetRequiredService<Store>().Set<RateCounter>();
        var now = clock.GetUtcNow();
        for (var total = 0; ;)
        {
            var deleted = await expired.Where(c => c.ExpiresAt <= now).OrderBy(c => c.ExpiresAt).Take(PruneBatch).ExecuteDeleteAsync(ct);
            total += deleted;
            if (deleted < PruneBatch)
                return total;
        }
    }

    // The condition is part of the write: of two writers at the last permit, the second finds the row full.
    private static async Task<bool> IncrementAsync(Store db, SlidingWindow window, string hash, int previous, CancellationToken ct)
    {
        var (number, allowed) = (window.Number, window.Allowed(previous));
        return await db.Set<RateCounter>()
            .Where(c => c.Key == hash && c.Window == number && c.Count < allowed)
            .ExecuteUpdateAsync(row => row.SetProperty(c => c.Count, c => c.Count + 1), ct) > 0;
    }

    /// <summary>False if another request made the row first.</summary>
    private static Task<bool> InsertAsync(Store db, SlidingWindow window, string hash, CancellationToken ct) =>
        db.TryAddAsync(new RateCounter { Key = hash, Window = window.Number, Count = 1, ExpiresAt = window.ExpiresAt }, ct);

    private static string HashOf(string policy, string key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{policy}\n{key}")));
}
