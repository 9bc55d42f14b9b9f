using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Webhooks;

/// <summary>Sends what is due. Every node runs one.</summary>
internal sealed class WebhookSender(IServiceScopeFactory scopes, TimeProvider clock, ILogger<WebhookSender> logger) : BackgroundService
{
    private const int Lines = 16, PerWebhook = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly OutgoingLines lines = new(Lines, PerWebhook, logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Polling.EachAsync(Interval, "Sending webhooks", TakeDueAsync, logger, stoppingToken);
        }
        finally
        {
            await lines.DrainAsync();
        }
    }

    private async Task TakeDueAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var (now, full) = (clock.GetUtcNow(), lines.Full);
        var due = await db.Set<WebhookDelivery>().AsNoTracking().Where(d => d.DueAt <= now && !full.Contains(d.WebhookId))
            .OrderBy(d => d.DueAt).ThenBy(d => d.Id).Take(Lines * 2).ToListAsync(ct);
        foreach (var delivery in due)
            await lines.SendAsync(delivery.WebhookId, () => TakeAsync(db, delivery, now + OutgoingLines.Lease, ct), stopping => DeliverAsync(delivery, stopping), ct);
    }

    private static async Task<bool> TakeAsync(Store db, WebhookDelivery delivery, DateTimeOffset until, CancellationToken ct) =>
        await db.Set<WebhookDelivery>().Where(d => d.Id == delivery.Id && d.DueAt == delivery.DueAt).ExecuteUpdateAsync(set => set.SetProperty(d => d.DueAt, until), ct) == 1;

    private async Task DeliverAsync(WebhookDelivery delivery, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<WebhookPost>().TryAsync(delivery, ct);
    }

    public override void Dispose()
    {
        lines.Dispose();
        base.Dispose();
    }
}
