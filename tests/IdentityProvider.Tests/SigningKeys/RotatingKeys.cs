using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using IdentityProvider.Tests.House;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpenIddict.Server;
using Xunit;

namespace IdentityProvider.Tests.SigningKeys;

public sealed class RotatingKeys : IAsyncLifetime
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly FreshDatabase database = FreshDatabase.Of(DatabaseProvider.Sqlite);
    private readonly Clock clock = new();

    public Task InitializeAsync() => Node.CreateTablesAsync(database.Options);

    public Task DisposeAsync() => database.DisposeAsync().AsTask();

    [Fact]
    public async Task Over_a_year_one_key_is_active_the_next_is_published_in_time_and_the_old_one_is_kept()
    {
        await using var node = new Node(database.Options, clock);
        var options = new SigningKeysOptions();
        var (firstSeen, firstActive, lastActive, lastSeen) = (new Dictionary<string, int>(), new Dictionary<string, int>(), new Dictionary<string, int>(), new Dictionary<string, int>());
        for (var day = 0; day <= 400; day++, clock.Advance(Day))
        {
            await node.Ring.LoadAsync(default);
            var keys = await node.Store.ListAsync(default);
            Assert.Equal(keys.Select(k => k.KeyId).Order(), node.Ring.Published.Select(c => c.Kid).Order());
            foreach (var key in keys)
            {
                firstSeen.TryAdd(key.KeyId, day);
                lastSeen[key.KeyId] = day;
            }

            foreach (var same in keys.GroupBy(k => k.Algorithm))
            {
                var active = Assert.Single(same, k => k.State == SigningKeyState.Active);
                Assert.Equal(active.KeyId, node.Ring.Current(same.Key).Kid);
                firstActive.TryAdd(active.KeyId, day);
                lastActive[active.KeyId] = day;
            }
        }

        // Days 0, 90, 180, 270 and 360, for each of three algorithms.
        Assert.Equal([0, 90, 180, 270, 360], firstActive.Values.Distinct().Order());
        Assert.Equal(15, firstActive.Count);
        Assert.All(firstActive.Where(k => k.Value > 0), k => Assert.InRange(k.Value - firstSeen[k.Key], 14, 15));
        var retired = lastActive.Where(k => k.Value < 400).ToList();
        Assert.Equal(12, retired.Count);
        Assert.All(retired, k => Assert.Equal(options.KeepAfter.TotalDays, lastSeen[k.Key] - k.Value));
    }

    [Fact]
    public async Task A_server_that_slept_for_a_year_signs_at_once()
    {
        await using var node = new Node(database.Options, clock);
        await node.Ring.LoadAsync(default);
        var before = node.Ring.Current("ES256").Kid;
        clock.Advance(400 * Day);
        await node.Ring.LoadAsync(default);

        Assert.NotEqual(before, node.Ring.Current("ES256").Kid);
        Assert.Equal(3, (await node.RowsAsync()).Count);
    }

    [Fact]
    public async Task A_rotation_on_demand_publishes_now_and_signs_when_no_client_has_an_old_key_set()
    {
        await using var node = new Node(database.Options, clock);
        await node.Ring.LoadAsync(default);
        var before = node.Ring.Current("RS256").Kid;
        var at = await node.Store.RotateAsync(default);

        Assert.Equal(6, node.Ring.Published.Count);
        clock.Advance(new SigningKeysOptions().JwksMaxAge);
        await node.Ring.LoadAsync(default);
        Assert.Equal(before, node.Ring.Current("RS256").Kid);
        clock.SetUtcNow(at);
        Assert.NotEqual(before, node.Ring.Current("RS256").Kid);
        Assert.Contains(node.Ring.Published, c => c.Kid == before);
        clock.SetUtcNow(at + new SigningKeysOptions().KeepAfter);
        await node.Ring.LoadAsync(default);
        Assert.DoesNotContain(node.Ring.Published, c => c.Kid == before);
    }

    [Fact]
    public async Task A_rotation_on_demand_drops_the_successor_that_was_waiting()
    {
        await using var node = new Node(database.Options, clock);
        await node.Ring.LoadAsync(default);
        clock.Advance(80 * Day);
        await node.Ring.LoadAsync(default);
        var waiting = (await node.Store.ListAsync(default)).Where(k => k.State == SigningKeyState.Next).Select(k => k.KeyId).ToList();
        Assert.Equal(3, waiting.Count);

        await node.Store.RotateAsync(default);
        var after = await node.Store.ListAsync(default);
        Assert.DoesNotContain(after, k => waiting.Contains(k.KeyId));
        Assert.Equal(3, after.Count(k => k.State == SigningKeyState.Next));
    }

    [Fact]
    public async Task Rotating_again_and_again_is_refused_before_the_key_set_grows_too_large()
    {
        await using var node = new Node(database.Options, clock);
        await node.Ring.LoadAsync(default);
        for (var key = 1; key < SigningKeyStore.MaximumPublished; key++)
        {
            clock.SetUtcNow(await node.Store.RotateAsync(default));
            await node.Ring.LoadAsync(default);
        }

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => node.Store.RotateAsync(default));
        Assert.Contains("rotate after that", refused.Message, StringComparison.Ordinal);
        Assert.Equal(3 * SigningKeyStore.MaximumPublished, (await node.RowsAsync()).Count);
    }

    [Fact]
    public async Task The_engine_gets_new_options_when_keys_appear_and_when_they_change_places()
    {
        await using var node = new Node(database.Options, clock);
        await node.Ring.LoadAsync(default);
        var monitor = node.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>();
        var first = monitor.CurrentValue;
        await node.Ring.LoadAsync(default);
        Assert.Same(first, monitor.CurrentValue);

        clock.SetUtcNow(await node.Store.RotateAsync(default));
        var published = monitor.CurrentValue;
        Assert.Equal(6, published.SigningCredentials.Count);
        Assert.Equal(first.SigningCredentials[0].Kid, published.SigningCredentials[0].Kid);

        await node.Ring.LoadAsync(default);
        Assert.Equal(node.Ring.Current("ES256").Kid, monitor.CurrentValue.SigningCredentials[0].Kid);
        Assert.NotEqual(first.SigningCredentials[0].Kid, monitor.CurrentValue.SigningCredentials[0].Kid);
    }

    [Fact]
    public async Task The_background_service_does_it_by_itself_within_a_minute()
    {
        await using var node = new Node(database.Options, clock);
        await node.Ring.LoadAsync(default);
        clock.Advance(76 * Day);
        var rotation = Assert.Single(node.Services.GetServices<IHostedService>().OfType<SigningKeyRotation>());
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = node.Ring.Changed.RegisterChangeCallback(_ => changed.SetResult(), null);

        await rotation.StartAsync(default);
        await clock.TimerCreated.WaitAsync(TimeSpan.FromSeconds(30));
        clock.Advance(TimeSpan.FromMinutes(1));
        await changed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await rotation.StopAsync(default);

        Assert.Equal(6, node.Ring.Published.Count);
    }

    [Theory]
    [InlineData("PublishBefore", "50.00:00:00", "RotationInterval")]
    [InlineData("KeepAfter", "200.00:00:00", "RotationInterval")]
    [InlineData("JwksMaxAge", "2.00:00:00", "JwksMaxAge")]
    [InlineData("RotationInterval", "00:10:00", "RotationInterval")]
    public async Task Settings_that_would_break_clients_are_refused(string name, string value, string named)
    {
        await using var node = new Node(database.Options, clock, settings: (name, value));
        var failure = Assert.Throws<OptionsValidationException>(() => node.Services.GetRequiredService<IOptions<SigningKeysOptions>>().Value);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Says when the background service waits, so that no test sleeps.</summary>
    private sealed class Clock() : FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero))
    {
        private readonly TaskCompletionSource created = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task TimerCreated => created.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            created.TrySetResult();
            return timer;
        }
    }
}
