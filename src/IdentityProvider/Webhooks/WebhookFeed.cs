using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Webhooks;

/// <summary>
/// Makes deliveries of what was audited: for each webhook what stands behind its cursor, which moves in the same transaction. Every node does it;
/// of two that read the same, one moves the cursor, and the other's deliveries go with its transaction.
/// </summary>
internal sealed class WebhookFeed(IServiceScopeFactory scopes, TimeProvider clock, ILogger<WebhookFeed> logger) : BackgroundService
{
    private const int AtOnce = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Polling.EachAsync(Interval, "Making webhook deliveries", FeedAsync, logger, stoppingToken);

    public async Task FeedAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        foreach (var webhook in await db.Set<Webhook>().AsNoTracking().Where(w => w.DisabledAt == null).ToListAsync(ct))
        {
            var cursor = webhook.Cursor;
            while (await FeedAsync(db, webhook, cursor, ct) is { } moved)
                cursor = moved;
        }
    }

    /// <returns>Where the cursor is now; null when there was nothing more, or another node was faster.</returns>
    private async Task<long?> FeedAsync(Store db, Webhook webhook, long cursor, CancellationToken ct)
    {
        var records = await db.Set<AuditRecord>().AsNoTracking().Where(r => r.Sequence > cursor && r.Sequence > 0).OrderBy(r => r.Sequence).Take(AtOnce).ToListAsync(ct);
        if (records.Count == 0)
            return null;
        var (last, now) = (records[^1].Sequence, clock.GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.Set<Webhook>().Where(w => w.Id == webhook.Id && w.Cursor == cursor && w.DisabledAt == null).ExecuteUpdateAsync(set => set.SetProperty(w => w.Cursor, last), ct) == 0)
            return null;
        db.AddRange(records.Where(record => webhook.Wants(record.Name)).Select(record => new WebhookDelivery
        {
            WebhookId = webhook.Id,
            RecordId = record.Id,
            Sequence = record.Sequence,
            Event = record.Name,
            Body = WebhookMessage.Of(record),
            CreatedAt = now,
            DueAt = now,
        }));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        db.ChangeTracker.Clear();
        return records.Count == AtOnce ? last : null;
    }
}
