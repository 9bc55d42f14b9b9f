using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Sessions;

/// <summary>
/// Ends sessions that ran out and those of people disabled, each second and in small batches, so that the clients hear of it. They
/// are refused from that moment on anyway; this is for those who must be told. Every node does it; the row decides who.
/// </summary>
internal sealed class SessionSweep(IServiceScopeFactory scopes, TimeProvider clock, ILogger<SessionSweep> logger) : BackgroundService
{
    private const int Batch = 100;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), Lookback = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Polling.EachAsync(Interval, "Ending sessions that are over", RunOnceAsync, logger, stoppingToken);

    public async Task RunOnceAsync(CancellationToken ct)
    {
        while (await RunBatchAsync(ct) == Batch)
        {
        }
    }

    private async Task<int> RunBatchAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var end = scope.ServiceProvider.GetRequiredService<SessionEnd>();
        var now = clock.GetUtcNow();
        var over = await db.Set<Session>().Where(s => s.IdleExpiresAt <= now).OrderBy(s => s.IdleExpiresAt).Take(Batch).Select(s => s.Id).ToListAsync(ct);
        if (over.Count > 0)
            await end.EndAsync(db.Set<Session>().Where(s => over.Contains(s.Id) && s.IdleExpiresAt <= now), "expired", OfflineAccess.Stays, ct);

        var since = now - Lookback;
        var disabled = await db.Set<User>().Where(u => u.DisabledAt > since).SelectMany(u => db.Set<Session>().Where(s => s.UserId == u.Id)).Take(Batch).Select(s => s.Id).ToListAsync(ct);
        if (disabled.Count > 0)
            await end.EndAsync(db.Set<Session>().Where(s => disabled.Contains(s.Id)), "disabled", OfflineAccess.Ends, ct);
        return Math.Max(over.Count, disabled.Count);
    }
}
