using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Suspicions;

/// <summary>
/// Looks at the failures of all nodes together, each quarter of a minute, on one of them. They stand in the audit already: a try that fails costs nothing more.
/// </summary>
internal sealed class SprayWatch(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SprayWatch> logger) : BackgroundService
{
    public const string Job = "suspicions";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15), Held = TimeSpan.FromSeconds(40);

    private readonly Guid self = Guid.CreateVersion7(clock.GetUtcNow());
    private long seen;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Polling.EachAsync(Interval, "Looking for attacks", WatchIfLeaderAsync, logger, stoppingToken);

    /// <summary>Without a new failure it is one read, and nobody writes.</summary>
    private async Task WatchIfLeaderAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var newest = await db.Set<AuditRecord>().Where(r => r.Name == SpraySearch.Refused).OrderByDescending(r => r.Sequence).Select(r => r.Sequence).FirstOrDefaultAsync(ct);
        var now = clock.GetUtcNow();
        if (newest == seen || !await Lease.TryTakeAsync(db, Job, self, now, now + Held, ct))
            return;
        await RunOnceAsync(ct);
        seen = newest;
    }

    public async Task RunOnceAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SpraySearch>().RunAsync(ct);
    }
}
