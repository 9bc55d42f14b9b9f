using System.Text.Json;
using IdentityProvider.Platform.Events;
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
        if (await IsWaitingAsync(ct) && await IsLeaderAsync(ct))
            await RunOnceAsync(ct);
    }

    /// <summary>Where nothing happens, nobody writes but every few minutes.</summary>
    public async Task<bool> IsWaitingAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        return await db.Set<DashboardState>().AsNoTracking().FirstOrDefaultAsync(ct) is not { } state || AreDue(state.FiguresAt, clock.GetUtcNow())
            || await db.Set<AuditRecord>().AnyAsync(r => r.Sequence > state.Cursor, ct);
    }

    private Task<bool> IsLeaderAsync(CancellationToken ct) => Lease.TryTakeAsync(scopes, Job, self, clock, 3 * Interval, ct);

    /// <summary>A clock that was put back must not keep them from being counted.</summary>
    private static bool AreDue(DateTimeOffset figuresAt, DateTimeOffset now) => figuresAt <= now - FiguresEvery || figuresAt > now;

    /// <summary>All that waits. Whoever has very much to count holds the lease anew now and then; losing it costs nothing but doing some twice in vain.</summary>
    public async Task RunOnceAsync(CancellationToken ct)
    {
        while (await CountSomeAsync(ct))
            await IsLeaderAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var now = clock.GetUtcNow();
        if (!AreDue(await db.Set<DashboardState>().Select(s => s.FiguresAt).SingleAsync(ct), now))
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
