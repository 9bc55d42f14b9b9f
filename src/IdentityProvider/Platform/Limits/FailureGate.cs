using System.Collections.Concurrent;
using IdentityProvider.Platform.Events;

namespace IdentityProvider.Platform.Limits;

/// <summary>
/// For limits that count failures only. What succeeds reads no database: a node remembers which keys are closed, and
/// learns it from the first failure past the limit, wherever the failures before it were counted.
/// </summary>
internal sealed class FailureGate(RateLimiter limiter, TimeProvider clock, EventLog events, int capacity = 10_000)
{
    private readonly ConcurrentDictionary<(string Policy, string Key), DateTimeOffset> closed = new();

    /// <summary>Asked before the credential is looked at, so that a closed gate answers no guess.</summary>
    public bool IsClosed(string policy, string key, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (!closed.TryGetValue((policy, key), out var opensAt))
            return false;
        retryAfter = opensAt - clock.GetUtcNow();
        if (retryAfter > TimeSpan.Zero)
        {
            events.Raise(new LimitReached(policy));
            return true;
        }

        retryAfter = TimeSpan.Zero;
        closed.TryRemove(new((policy, key), opensAt));
        return false;
    }

    /// <summary>Counts a failure; the one that uses the limit up closes the gate here.</summary>
    public async Task<LimitLease> FailedAsync(string policy, RateLimit limit, string key, CancellationToken ct)
    {
        var lease = await limiter.TryAcquireAsync(policy, limit, key, ct);
        if (lease.RetryAfter > TimeSpan.Zero)
            Close((policy, key), clock.GetUtcNow() + lease.RetryAfter);
        return lease;
    }

    // Strangers choose the keys: the memory is bounded, and what would open first makes room.
    private void Close((string Policy, string Key) key, DateTimeOffset opensAt)
    {
        if (closed.Count >= capacity && !closed.ContainsKey(key))
        {
            var now = clock.GetUtcNow();
            foreach (var open in closed.Where(entry => entry.Value <= now))
                closed.TryRemove(open);
            while (closed.Count >= capacity)
                closed.TryRemove(closed.MinBy(entry => entry.Value));
        }
        closed[key] = opensAt;
    }
}
