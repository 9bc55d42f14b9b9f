using System.Text.Json;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Admin.Dashboard;

/// <summary>Counts for the dashboard on one of the nodes: what was recorded, soon; what there is, every few minutes. When that node dies another goes on.</summary>
internal sealed class DashboardJob(IServiceScopeFactory scopes, IEnumerable<Figure> figures, TimeProvider clock, ILogger<DashboardJob> logger) : BackgroundService
{
    public const string Job = "dashboard";
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15), FiguresEvery = TimeSpan.FromMinutes(5);

    private readonly Guid self = Guid.CreateVersion7(clock.GetUtcNow());

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Polling.EachAsync(Interval, "Counting for the dashboard", CountIfLeaderAsync, logger, stoppingToken);

    private async Task CountIfLeaderAsync(CancellationToken ct)
    {
        if (await IsLeaderAsync(ct))
            await RunOnceAsync(ct);
    }

    private async Task<bool> IsLeaderAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        return await Lease.TryTakeAsync(scope.ServiceProvider.GetRequiredService<Store>(), Job, self, now, now + (3 * Interval), ct);
    }

    /// <summary>All that waits. Whoever has very much to count holds the lease anew now and then; losing it costs nothing but doing some twice in vain.</summary>
    public async Task RunOnceAsync(CancellationToken ct)
    {
        while (await CountSomeAsync(ct))
            await IsLeaderAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var now = clock.GetUtcNow();
        if (await db.Set<DashboardState>().AnyAsync(s => s.FiguresAt > now - FiguresEvery && s.FiguresAt <= now, ct))
            return;
        var counted = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var figure in figures)
            counted[figure.Name] = await figure.CountAsync(db, now, ct);
        var json = JsonSerializer.Serialize(counted);
        await db.Set<DashboardState>().ExecuteUpdateAsync(set => set.SetProperty(s => s.Figures, json).SetProperty(s => s.FiguresAt, now), ct);
    }

    private async Task<bool> CountSomeAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<EventCounts>().CountAsync(ct);
    }
}
