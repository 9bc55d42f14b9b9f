using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Platform.Jobs;

/// <summary>Removes what is expired. A room registers one of these for each table that grows.</summary>
internal sealed record Pruning(string Name, Func<Store, DateTimeOffset, CancellationToken, Task<int>> RunAsync);

/// <summary>Runs every pruning each ten minutes, on one of the nodes: the one that holds the lease.</summary>
internal sealed class PruningJob(IServiceScopeFactory scopes, IEnumerable<Pruning> prunings, TimeProvider clock, ILogger<PruningJob> logger) : BackgroundService
{
    public const string Job = "pruning";
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly Guid self = Guid.CreateVersion7(clock.GetUtcNow());

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Polling.EachAsync(Interval, "Pruning", PruneIfLeaderAsync, logger, stoppingToken);

    private async Task PruneIfLeaderAsync(CancellationToken ct)
    {
        if (await IsLeaderAsync(ct))
            await RunOnceAsync(ct);
    }

    /// <summary>Held beyond the next turn, so that it stays where it is while that node lives.</summary>
    public Task<bool> IsLeaderAsync(CancellationToken ct) => Lease.TryTakeAsync(scopes, Job, self, clock, 1.5 * Interval, ct);

    public async Task RunOnceAsync(CancellationToken ct)
    {
        foreach (var pruning in prunings)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var removed = await pruning.RunAsync(scope.ServiceProvider.GetRequiredService<Store>(), clock.GetUtcNow(), ct);
                if (removed > 0)
                    logger.LogInformation("Pruned {Count} expired {Name}", removed, pruning.Name);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // A table that cannot be pruned now will be in ten minutes; the others must not wait for it.
                logger.LogWarning(failure, "Pruning {Name} failed", pruning.Name);
            }
        }
    }
}
