using IdentityProvider.Platform.Storage;
using IdentityProvider.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup;

/// <summary>Brings the rows of webhooks to what the document says; one whose address it does not have is left alone.</summary>
internal static class WebhookRows
{
    public static async Task<SetupCounts> ApplyAsync(Store db, WebhookSecrets secrets, IReadOnlyList<WebhookInput> entries, DateTimeOffset now, CancellationToken ct)
    {
        var tally = new SetupTally("webhooks");
        if (entries.Count == 0)
            return tally.Result;
        var urls = entries.Select(entry => entry.Url).ToArray();
        var rows = await db.Set<Webhook>().Where(webhook => urls.Contains(webhook.Url)).ToDictionaryAsync(webhook => webhook.Url, ct);
        var end = await WebhookChanges.EndAsync(db, ct);
        foreach (var entry in entries)
        {
            var isNew = !rows.TryGetValue(entry.Url, out var row);
            if (row is null)
                db.Add(row = Webhook.New(entry.Url, end, now));
            entry.Apply(row, secrets, end, now);
            var changed = !isNew && db.Entry(row).State == EntityState.Modified;
            tally.Count(entry.Url, isNew, changed, db.Entry(row));
            if (isNew || changed)
                row.Version = Guid.CreateVersion7(now);
        }

        return tally.Result;
    }
}
