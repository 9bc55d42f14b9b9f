using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Webhooks;

/// <summary>The test button: one message now, tried once, also of a webhook that is off.</summary>
internal sealed class WebhookTrial(Store db, WebhookPost post, TimeProvider clock)
{
    /// <returns>What came of it; null when there is no such webhook.</returns>
    public async Task<WebhookDelivery?> SendAsync(Guid id, CancellationToken ct)
    {
        if (!await db.Set<Webhook>().AnyAsync(w => w.Id == id, ct))
            return null;
        var now = clock.GetUtcNow();
        var delivery = new WebhookDelivery
        {
            Id = Guid.CreateVersion7(now),
            WebhookId = id,
            RecordId = Guid.CreateVersion7(now),
            Event = WebhookMessage.Test,
            Body = WebhookMessage.OfTest(now),
            CreatedAt = now,

            // Taken already: the sender leaves it alone while it is tried here.
            DueAt = now + OutgoingLines.Lease,
        };
        db.Add(delivery);
        await db.SaveChangesAsync(ct);
        await post.TryAsync(delivery, ct);
        return await db.Set<WebhookDelivery>().AsNoTracking().FirstOrDefaultAsync(d => d.Id == delivery.Id, ct);
    }
}
