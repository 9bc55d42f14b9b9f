using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Platform;

public sealed class LeadingTheJobs
{
    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task One_node_prunes_until_it_is_gone_and_in_batches(DatabaseProvider provider)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
        await using var database = FreshDatabase.Of(provider);
        await using var host = await IdpHost.StartAsync(new IdpSetup
        {
            Clock = clock,
            Database = database.Options,

            // The server's own job follows the same clock and would lead now and then.
            Services = services => services.Remove(services.Single(service => service.ImplementationType == typeof(PruningJob))),
        });
        PruningJob[] nodes = [.. Enumerable.Range(0, 16).Select(_ => ActivatorUtilities.CreateInstance<PruningJob>(host.Services))];
        var leads = await Task.WhenAll(nodes.Select(node => Task.Run(() => node.IsLeaderAsync(default))));
        var leader = Assert.Single(nodes.Zip(leads), pair => pair.Second).First;

        clock.Advance(TimeSpan.FromMinutes(9));
        Assert.True(await leader.IsLeaderAsync(default));
        clock.Advance(TimeSpan.FromMinutes(14));
        Assert.False(await nodes.First(node => node != leader).IsLeaderAsync(default));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True(await nodes.First(node => node != leader).IsLeaderAsync(default));
        Assert.False(await leader.IsLeaderAsync(default));

        var now = clock.GetUtcNow();
        await host.InStoreAsync(db =>
        {
            db.AddRange(Enumerable.Range(0, (2 * Batches.Size) + 500).Select(i => new SpentIdentifier { Id = $"old {i}", ExpiresAt = now.AddHours(-2) }));
            db.Add(new SpentIdentifier { Id = "alive", ExpiresAt = now.AddHours(1) });
            return db.SaveChangesAsync();
        });
        await leader.RunOnceAsync(default);
        Assert.Equal("alive", await host.InStoreAsync(db => db.Set<SpentIdentifier>().Where(s => s.Id == "alive" || s.Id.StartsWith("old")).Select(s => s.Id).SingleAsync()));
    }
}
