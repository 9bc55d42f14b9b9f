using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Platform.Jobs;

/// <summary>Removes what is expired. A room registers one of these for each table that grows.</summary>
internal sealed record Pruning(string Name, Func<Store, DateTimeOffset, CancellationToken, Task<int>> RunAsync);

/// <summary>Runs every pruning each ten minutes. Two nodes doing it at once only find less to do.</summary>
internal sealed class PruningJob(IServiceScopeFactory scopes, IEnumerable<Pruning> prunings, TimeProvider clock, ILogger<PruningJob> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await RunOnceAsync(stoppingToken);
    }

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
