using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Sessions.Logout;

/// <summary>Tells clients that sessions ended (OpenID Connect Back-Channel Logout 1.0). Every node runs one.</summary>
internal sealed class LogoutSender(IServiceScopeFactory scopes, LogoutSignal signal, TimeProvider clock, ILogger<LogoutSender> logger) : BackgroundService
{
    private const int Lines = 32, PerClient = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly OutgoingLines lines = new(Lines, PerClient, logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Polling.EachAsync(SignalledAsync, "Telling clients of ended sessions", TakeDueAsync, logger, stoppingToken);
        }
        finally
        {
            await lines.DrainAsync();
        }
    }

    private async Task<bool> SignalledAsync(CancellationToken ct)
    {
        await signal.WaitAsync(Interval, ct);
        return true;
    }

    private async Task TakeDueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var (now, full) = (clock.GetUtcNow(), lines.Full);
        var due = await db.Set<LogoutNotice>().AsNoTracking().Where(n => n.DueAt <= now && !full.Contains(n.ClientId)).OrderBy(n => n.DueAt).Take(Lines * 2).ToListAsync(ct);
        foreach (var notice in due)
            await lines.SendAsync(notice.ClientId, () => TakeAsync(db, notice, now + OutgoingLines.Lease, ct), stopping => DeliverAsync(notice, stopping), ct);
    }

    private static async Task<bool> TakeAsync(Store db, LogoutNotice notice, DateTimeOffset until, CancellationToken ct)
    {
        var attempts = notice.Attempts + 1;
        if (await db.Set<LogoutNotice>().Where(n => n.Id == notice.Id && n.DueAt == notice.DueAt)
            .ExecuteUpdateAsync(set => set.SetProperty(n => n.DueAt, until).SetProperty(n => n.Attempts, attempts), ct) == 0)
            return false;
        notice.Attempts = attempts;
        return true;
    }

    private async Task DeliverAsync(LogoutNotice notice, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<LogoutDelivery>().TryAsync(notice, ct);
        }
        finally
        {
            signal.Raise();
        }
    }

    public override void Dispose()
    {
        lines.Dispose();
        base.Dispose();
    }
}
