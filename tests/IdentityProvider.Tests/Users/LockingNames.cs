using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Platform.Limits;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static IdentityProvider.Tests.Platform.Limits.NodeExtensions;

namespace IdentityProvider.Tests.Users;

[Collection(SharedDatabasesCollection.Name)]
public sealed class LockingNames(SharedDatabases databases)
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task Of_50_parallel_attempts_over_two_nodes_5_are_checked(DatabaseProvider provider)
    {
        var (a, b) = databases.TwoNodes(provider, clock);
        using var disposeA = a;
        using var disposeB = b;
        var key = Lockout.KeyFor(null, NewKey());

        var decisions = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() =>
            (i % 2 == 0 ? a : b).Get<Lockout>().TryAttemptAsync(key, default))));

        Assert.Equal(5, decisions.Count(decision => decision.Allowed));
        Assert.All(decisions.Where(d => !d.Allowed), d => Assert.Equal(TimeSpan.FromMinutes(30), d.RetryAfter));
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task A_lock_ends_after_its_duration_and_starts_from_nothing(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (lockout, key) = (node.Get<Lockout>(), NewKey());
        await AttemptAsync(lockout, key, 5);
        Assert.Equal(new LockoutDecision(false, TimeSpan.FromMinutes(30)), await lockout.TryAttemptAsync(key, default));

        // Attempts on a locked name do not lengthen the lock.
        clock.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(1));
        Assert.Equal(new LockoutDecision(false, TimeSpan.FromSeconds(1)), await lockout.TryAttemptAsync(key, default));
        clock.Advance(TimeSpan.FromSeconds(1));
        await AttemptAsync(lockout, key, 5);
        Assert.False((await lockout.TryAttemptAsync(key, default)).Allowed);
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task Any_5_failures_within_15_minutes_lock_and_older_ones_do_not_count(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (lockout, key) = (node.Get<Lockout>(), NewKey());
        await AttemptAsync(lockout, key, 1);
        clock.Advance(TimeSpan.FromMinutes(14));
        await AttemptAsync(lockout, key, 3);

        // The first is 15 minutes old now and forgotten; the three of a minute ago are not.
        clock.Advance(TimeSpan.FromMinutes(1));
        await AttemptAsync(lockout, key, 2);
        Assert.False((await lockout.TryAttemptAsync(key, default)).Allowed);
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task A_right_password_forgets_the_wrong_ones(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (lockout, key) = (node.Get<Lockout>(), NewKey());
        await AttemptAsync(lockout, key, 5);
        await lockout.SucceededAsync(key, default);
        await AttemptAsync(lockout, key, 5);
        Assert.False((await lockout.TryAttemptAsync(key, default)).Allowed);
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task An_attempt_that_was_not_checked_does_not_count(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (lockout, key) = (node.Get<Lockout>(), NewKey());
        await AttemptAsync(lockout, key, 5);
        await lockout.NotCheckedAsync(key, default);
        await AttemptAsync(lockout, key, 1);
        Assert.False((await lockout.TryAttemptAsync(key, default)).Allowed);
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task A_success_at_the_same_time_is_no_error_and_refuses_nobody(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock, ("Users:Lockout:Failures", "50"));
        var (lockout, key) = (node.Get<Lockout>(), NewKey());

        var decisions = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            var decision = await lockout.TryAttemptAsync(key, default);
            if (i % 2 == 0)
                await lockout.SucceededAsync(key, default);
            return decision;
        })));

        Assert.All(decisions, decision => Assert.True(decision.Allowed));
    }

    [Fact]
    public async Task The_attempt_that_locks_is_known_as_such()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        var (lockout, key) = (node.Get<Lockout>(), NewKey());
        await AttemptAsync(lockout, key, 4);
        Assert.Equal(new LockoutDecision(true, TimeSpan.Zero, Locks: true), await lockout.TryAttemptAsync(key, default));
    }

    [Fact]
    public async Task An_account_is_one_whatever_it_is_called()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        var user = await node.NewUserAsync();
        Assert.Equal(Lockout.KeyFor(user, user.UserName!), Lockout.KeyFor(user, user.Email!));
        Assert.Equal(Lockout.KeyFor(null, " Nobody@Example.com "), Lockout.KeyFor(null, "nobody@example.COM"));
        Assert.NotEqual(Lockout.KeyFor(null, "nobody"), Lockout.KeyFor(null, "somebody"));
        // A name cannot be typed that hits an account's counter.
        Assert.NotEqual(Lockout.KeyFor(user, "x"), Lockout.KeyFor(null, $"user:{user.Id:N}"));
    }

    [Fact]
    public async Task What_was_typed_cannot_be_found_or_tried_in_the_table()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        var key = Lockout.KeyFor(null, "my password, typed into the wrong field");
        await node.Get<Lockout>().TryAttemptAsync(key, default);

        var plainHash = IdentityProvider.Platform.Secrets.Handle.Hash(key);
        var stored = await node.InStoreAsync(db => db.Set<SignInFailures>().Select(f => f.KeyHash).ToListAsync());
        Assert.NotEmpty(stored);
        Assert.All(stored, hash => Assert.Matches("^[0-9a-f]{64}$", hash));
        Assert.DoesNotContain(plainHash, stored);
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task Pruning_deletes_what_no_longer_counts(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (lockout, locked, tried) = (node.Get<Lockout>(), NewKey(), NewKey());
        clock.Advance(TimeSpan.FromDays(1));
        await lockout.PruneAsync(default);
        await AttemptAsync(lockout, locked, 5);
        await AttemptAsync(lockout, tried, 1);

        clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(1, await lockout.PruneAsync(default));
        Assert.False((await lockout.TryAttemptAsync(locked, default)).Allowed);
        clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(1, await lockout.PruneAsync(default));
    }

    [Fact]
    public async Task The_numbers_are_settings()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock, ("Users:Lockout:Failures", "2"), ("Users:Lockout:Duration", "00:01:00"));
        var (lockout, key) = (node.Get<Lockout>(), NewKey());
        await AttemptAsync(lockout, key, 2);
        Assert.Equal(new LockoutDecision(false, TimeSpan.FromMinutes(1)), await lockout.TryAttemptAsync(key, default));
    }

    private static async Task AttemptAsync(Lockout lockout, string key, int times)
    {
        for (var i = 0; i < times; i++)
            Assert.True((await lockout.TryAttemptAsync(key, default)).Allowed);
    }
}
