using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static IdentityProvider.Tests.Platform.Limits.NodeExtensions;

namespace IdentityProvider.Tests.Platform.Limits;

[Collection(SharedDatabasesCollection.Name)]
public sealed class ClosingTheGate(SharedDatabases databases)
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly RateLimit limit = new(3, TimeSpan.FromMinutes(1));

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task The_failure_that_uses_the_limit_up_closes_the_gate_until_it_opens_again(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (gate, key) = (node.Get<FailureGate>(), NewKey());
        for (var i = 0; i < 3; i++)
        {
            Assert.False(gate.IsClosed("test", key, out _));
            Assert.True((await gate.FailedAsync("test", limit, key, default)).Acquired);
        }

        Assert.True(gate.IsClosed("test", key, out var retryAfter));
        Assert.InRange(retryAfter, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
        Assert.False(gate.IsClosed("other", key, out _));
        Assert.False(gate.IsClosed("test", NewKey(), out _));

        clock.Advance(retryAfter);
        Assert.False(gate.IsClosed("test", key, out _));
        Assert.True((await gate.FailedAsync("test", limit, key, default)).Acquired);
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task Another_node_closes_at_its_first_failure_past_the_limit(DatabaseProvider provider)
    {
        var (a, b) = databases.TwoNodes(provider, clock);
        using var disposeA = a;
        using var disposeB = b;
        var key = NewKey();
        for (var i = 0; i < 3; i++)
            await a.Get<FailureGate>().FailedAsync("test", limit, key, default);

        Assert.False(b.Get<FailureGate>().IsClosed("test", key, out _));
        Assert.False((await b.Get<FailureGate>().FailedAsync("test", limit, key, default)).Acquired);
        Assert.True(b.Get<FailureGate>().IsClosed("test", key, out _));
    }

    [Fact]
    public void An_open_gate_reads_no_database()
    {
        // No scope factory: whatever asked for a connection would throw.
        var gate = new FailureGate(new RateLimiter(null!, clock, null!), clock, null!);
        Assert.False(gate.IsClosed("test", "key", out _));
    }

    [Fact]
    public async Task The_memory_of_closed_gates_is_bounded()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        var gate = new FailureGate(node.Get<RateLimiter>(), clock, node.Get<EventLog>(), capacity: 2);
        var (hour, minute, second) = (NewKey(), NewKey(), NewKey());
        await gate.FailedAsync("test", new RateLimit(1, TimeSpan.FromHours(1)), hour, default);
        await gate.FailedAsync("test", new RateLimit(1, TimeSpan.FromMinutes(1)), minute, default);
        await gate.FailedAsync("test", new RateLimit(1, TimeSpan.FromSeconds(1)), second, default);

        // What would have opened first made room.
        Assert.False(gate.IsClosed("test", minute, out _));
        Assert.True(gate.IsClosed("test", hour, out _));
        Assert.True(gate.IsClosed("test", second, out _));
    }
}
