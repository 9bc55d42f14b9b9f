using System.Collections.Concurrent;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Sessions.Logout;

/// <summary>
/// Tells clients that sessions ended (OpenID Connect Back-Channel Logout 1.0). Every node runs one; a notice is taken by moving its
/// due time in one conditional write. A client that hangs holds <see cref="PerClient"/> of the lines and keeps nobody else waiting.
/// Who dies with a notice in hand leaves it to the others after <see cref="Lease"/>.
/// </summary>
internal sealed class LogoutSender(IServiceScopeFactory scopes, LogoutSignal signal, TimeProvider clock, ILogger<LogoutSender> logger) : BackgroundService
{
    private const int Lines = 32, PerClient = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500), Lease = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, int> busy = new();
    private readonly SemaphoreSlim lines = new(Lines);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Polling.EachAsync(SignalledAsync, "Telling clients of ended sessions", TakeDueAsync, logger, stoppingToken);
        }
        finally
        {
            // Those under way give up at once, and write down nothing: the lease brings them back.
            for (var line = 0; line < Lines; line++)
                await lines.WaitAsync(OutgoingHttp.Timeout, CancellationToken.None);
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
        var now = clock.GetUtcNow();
        var full = busy.Where(b => b.Value >= PerClient).Select(b => b.Key).ToList();
        var due = await db.Set<LogoutNotice>().AsNoTracking().Where(n => n.DueAt <= now && !full.Contains(n.ClientId)).OrderBy(n => n.DueAt).Take(Lines * 2).ToListAsync(ct);
        foreach (var notice in due)
        {
            if (busy.GetValueOrDefault(notice.ClientId) >= PerClient)
                continue;
            await lines.WaitAsync(ct);
            var until = now + Lease;
            if (await db.Set<LogoutNotice>().Where(n => n.Id == notice.Id && n.DueAt == notice.DueAt)
                .ExecuteUpdateAsync(set => set.SetProperty(n => n.DueAt, until).SetProperty(n => n.Attempts, notice.Attempts + 1), ct) == 1)
            {
                notice.Attempts++;
                busy.AddOrUpdate(notice.ClientId, 1, (_, count) => count + 1);
                _ = DeliverAsync(notice, ct);
            }
            else
            {
                lines.Release();
            }
        }
    }

    private async Task DeliverAsync(LogoutNotice notice, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<LogoutDelivery>().TryAsync(notice, ct);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (Exception failure)
        {
            // Its due time has been moved: it is tried again when the lease is over.
            logger.LogWarning(failure, "The logout notice {Notice} could not be handled", notice.Id);
        }
        finally
        {
            lines.Release();
            busy.AddOrUpdate(notice.ClientId, 0, (_, count) => count - 1);
            signal.Raise();
        }
    }

    public override void Dispose()
    {
        lines.Dispose();
        base.Dispose();
    }
}
