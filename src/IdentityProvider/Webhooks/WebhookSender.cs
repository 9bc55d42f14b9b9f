using System.Collections.Concurrent;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Webhooks;

/// <summary>
/// Sends what is due. Every node runs one; a delivery is taken by moving its due time in one conditional write. A receiver that hangs holds
/// <see cref="PerWebhook"/> of the lines and keeps nobody else waiting. Who dies with one in hand leaves it to the others after <see cref="Lease"/>.
/// </summary>
internal sealed class WebhookSender(IServiceScopeFactory scopes, TimeProvider clock, ILogger<WebhookSender> logger) : BackgroundService
{
    public const int PerWebhook = 4;
    private const int Lines = 16;
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Guid, int> busy = new();
    private readonly SemaphoreSlim lines = new(Lines);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Polling.EachAsync(Interval, "Sending webhooks", TakeDueAsync, logger, stoppingToken);
        }
        finally
        {
            // Those under way give up at once, and write down nothing: the lease brings them back.
            for (var line = 0; line < Lines; line++)
                await lines.WaitAsync(OutgoingHttp.Timeout, CancellationToken.None);
        }
    }

    private async Task TakeDueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var now = clock.GetUtcNow();
        var full = busy.Where(b => b.Value >= PerWebhook).Select(b => b.Key).ToList();
        var due = await db.Set<WebhookDelivery>().AsNoTracking().Where(d => d.DueAt <= now && !full.Contains(d.WebhookId))
            .OrderBy(d => d.DueAt).ThenBy(d => d.Id).Take(Lines * 2).ToListAsync(ct);
        foreach (var delivery in due)
        {
            if (busy.GetValueOrDefault(delivery.WebhookId) >= PerWebhook)
                continue;
            await lines.WaitAsync(ct);
            var until = now + Lease;
            if (await db.Set<WebhookDelivery>().Where(d => d.Id == delivery.Id && d.DueAt == delivery.DueAt).ExecuteUpdateAsync(set => set.SetProperty(d => d.DueAt, until), ct) == 1)
            {
                busy.AddOrUpdate(delivery.WebhookId, 1, (_, count) => count + 1);
                _ = DeliverAsync(delivery, ct);
            }
            else
            {
                lines.Release();
            }
        }
    }

    private async Task DeliverAsync(WebhookDelivery delivery, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<WebhookPost>().TryAsync(delivery, ct);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (Exception failure)
        {
            // Its due time has been moved: it is tried again when the lease is over.
            logger.LogWarning(failure, "The webhook delivery {Delivery} could not be handled", delivery.Id);
        }
        finally
        {
            lines.Release();
            busy.AddOrUpdate(delivery.WebhookId, 0, (_, count) => count - 1);
        }
    }

    public override void Dispose()
    {
        lines.Dispose();
        base.Dispose();
    }
}
