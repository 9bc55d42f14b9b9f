using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static IdentityProvider.Tests.Platform.Limits.NodeExtensions;

namespace IdentityProvider.Tests.Platform.Limits;

[Collection(SharedDatabasesCollection.Name)]
public sealed class LimitingRates(SharedDatabases databases)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider clock = new(Start);

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task Forty_eight_parallel_calls_over_two_nodes_get_exactly_the_permits(DatabaseProvider provider)
    {
        var (a, b) = databases.TwoNodes(provider, clock);
        using var disposeA = a;
        using var disposeB = b;
        var (limit, key) = (new RateLimit(10, TimeSpan.FromMinutes(1)), NewKey());

        var leases = await Task.WhenAll(Enumerable.Range(0, 48).Select(i => Task.Run(() =>
            (i % 2 == 0 ? a : b).Get<RateLimiter>().TryAcquireAsync("test", limit, key, default))));

        Assert.Equal(10, leases.Count(lease => lease.Acquired));
        Assert.All(leases.Where(lease => !lease.Acquired), lease => Assert.True(lease.RetryAfter > TimeSpan.Zero));
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task Retry_after_is_exact(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (limiter, limit, key) = (node.Get<RateLimiter>(), new RateLimit(4, TimeSpan.FromMinutes(1)), NewKey());
        for (var i = 0; i < 4; i++)
            Assert.True((await limiter.TryAcquireAsync("test", limit, key, default)).Acquired);

        var refused = await limiter.TryAcquireAsync("test", limit, key, default);
        Assert.False(refused.Acquired);
        Assert.Equal(TimeSpan.FromSeconds(75), refused.RetryAfter);

        clock.Advance(refused.RetryAfter - TimeSpan.FromTicks(1));
        Assert.False((await limiter.TryAcquireAsync("test", limit, key, default)).Acquired);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.True((await limiter.TryAcquireAsync("test", limit, key, default)).Acquired);
        Assert.False((await limiter.TryAcquireAsync("test", limit, key, default)).Acquired);
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task The_last_permit_says_how_long_the_gate_will_be_closed(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (limiter, limit, key) = (node.Get<RateLimiter>(), new RateLimit(2, TimeSpan.FromMinutes(1)), NewKey());

        Assert.Equal(new LimitLease(true, TimeSpan.Zero), await limiter.TryAcquireAsync("test", limit, key, default));
        Assert.Equal(new LimitLease(true, TimeSpan.FromSeconds(90)), await limiter.TryAcquireAsync("test", limit, key, default));
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task Policies_and_keys_are_counted_apart(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (limiter, limit, key) = (node.Get<RateLimiter>(), new RateLimit(1, TimeSpan.FromMinutes(1)), NewKey());

        Assert.True((await limiter.TryAcquireAsync("one", limit, key, default)).Acquired);
        Assert.False((await limiter.TryAcquireAsync("one", limit, key, default)).Acquired);
        Assert.True((await limiter.TryAcquireAsync("two", limit, key, default)).Acquired);
        Assert.True((await limiter.TryAcquireAsync("one", limit, NewKey(), default)).Acquired);
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task A_reset_at_the_same_time_is_no_error_and_refuses_nobody(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (limiter, limit, key) = (node.Get<RateLimiter>(), new RateLimit(100, TimeSpan.FromMinutes(1)), NewKey());

        var leases = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            var lease = await limiter.TryAcquireAsync("test", limit, key, default);
            if (i % 2 == 0)
                await limiter.ResetAsync("test", key, default);
            return lease;
        })));

        Assert.All(leases, lease => Assert.True(lease.Acquired));
    }

    [Fact]
    public async Task A_request_that_rolls_back_gets_no_permit_back()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        var (limit, key) = (new RateLimit(1, TimeSpan.FromMinutes(1)), NewKey());
        await using (var request = node.CreateAsyncScope())
        {
            // A deferred transaction, as of a request that has only read so far: SQLite has one writer.
            var db = request.ServiceProvider.GetRequiredService<Store>();
            await db.Database.OpenConnectionAsync();
            await db.Database.ExecuteSqlRawAsync("BEGIN DEFERRED");
            Assert.True((await request.ServiceProvider.GetRequiredService<RateLimiter>().TryAcquireAsync("test", limit, key, default)).Acquired);
            await db.Database.ExecuteSqlRawAsync("ROLLBACK");
        }

        Assert.False((await node.Get<RateLimiter>().TryAcquireAsync("test", limit, key, default)).Acquired);
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task Pruning_deletes_counters_only_when_no_window_needs_them(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (limiter, limit, key) = (node.Get<RateLimiter>(), new RateLimit(1, TimeSpan.FromMinutes(1)), NewKey());
        // Far from the other tests' clocks, whose counters go first.
        clock.Advance(TimeSpan.FromDays(365));
        await limiter.PruneAsync(default);
        await limiter.TryAcquireAsync("test", limit, key, default);

        clock.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromTicks(1));
        Assert.Equal(0, await limiter.PruneAsync(default));
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, await limiter.PruneAsync(default));
        Assert.False(await node.InStoreAsync(db => db.Set<RateCounter>().AnyAsync(c => c.ExpiresAt <= clock.GetUtcNow())));
    }

    [Fact]
    public async Task Neither_key_nor_address_is_stored_in_clear()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        await node.Get<RateLimiter>().TryAcquireAsync("test", new RateLimit(1, TimeSpan.FromMinutes(1)), "192.0.2.77", default);

        var keys = await node.InStoreAsync(db => db.Set<RateCounter>().Select(c => c.Key).ToListAsync());
        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.Matches("^[0-9a-f]{64}$", key));
    }
}
