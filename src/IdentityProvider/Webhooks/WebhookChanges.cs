using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Webhooks;

/// <summary>An administrator adds, changes and removes webhooks, and has sent again what was sent.</summary>
internal sealed class WebhookChanges(Store db, WebhookSecrets secrets, EventLog events, TimeProvider clock)
{
    /// <summary>Each is fed with everything that is audited.</summary>
    public const int Most = 20;

    /// <returns>The webhook with the secret that is shown once, or why there is none.</returns>
    public async Task<(Webhook? Row, string Secret, ErrorResult? Refused)> AddAsync(WebhookInput input, CancellationToken ct)
    {
        if (await db.Set<Webhook>().CountAsync(ct) >= Most)
            return (null, "", Refusals.Conflict($"There are {Most} webhooks already. Remove one first."));
        input.Secret ??= WebhookSecrets.Create();
        var row = Webhook.New(input.Url, await EndAsync(db, ct), clock.GetUtcNow());
        Fill(row, input, row.Cursor);
        db.Add(row);
        events.Record(db, new WebhookAdministered(row.Id, "created", null, State(row)));
        var (saved, refused) = await SaveAsync(row, ct);
        return (saved, input.Secret, refused);
    }

    /// <returns>The webhook, or why it did not change.</returns>
    public async Task<(Webhook? Row, ErrorResult? Refused)> ChangeAsync(Guid id, WebhookInput input, Func<Webhook, ErrorResult?> stale, CancellationToken ct)
    {
        if (await db.Set<Webhook>().FirstOrDefaultAsync(w => w.Id == id, ct) is not { } row)
            return (null, Refusals.Missing("webhook"));
        if (stale(row) is { } refused)
            return (null, refused);
        var before = State(row);
        var otherSecret = Fill(row, input, await EndAsync(db, ct));
        events.Record(db, new WebhookAdministered(id, "changed", before, State(row)));
        if (otherSecret)
            events.Record(db, new WebhookAdministered(id, "secret_changed", null, null));
        return await SaveAsync(row, ct);
    }

    /// <summary>A new secret; the one before signs beside it for <see cref="WebhookSecrets.Overlap"/>.</summary>
    public async Task<(Webhook? Row, string Secret, ErrorResult? Refused)> ChangeSecretAsync(Guid id, CancellationToken ct)
    {
        if (await db.Set<Webhook>().FirstOrDefaultAsync(w => w.Id == id, ct) is not { } row)
            return (null, "", Refusals.Missing("webhook"));
        var (secret, now) = (WebhookSecrets.Create(), clock.GetUtcNow());
        secrets.Replace(row, secret, now);
        row.Version = Guid.CreateVersion7(now);
        events.Record(db, new WebhookAdministered(id, "secret_changed", null, null));
        var (saved, refused) = await SaveAsync(row, ct);
        return (saved, secret, refused);
    }

    /// <returns>Null when it is gone.</returns>
    public async Task<ErrorResult?> RemoveAsync(Guid id, Func<Webhook, ErrorResult?> stale, CancellationToken ct)
    {
        if (await db.Set<Webhook>().FirstOrDefaultAsync(w => w.Id == id, ct) is not { } row)
            return Refusals.Missing("webhook");
        if (stale(row) is { } refused)
            return refused;
        db.Remove(row);
        events.Record(db, new WebhookAdministered(id, "removed", State(row), null));
        return (await SaveAsync(row, ct)).Refused;
    }

    /// <summary>Sends one again, whatever became of it, under the same <c>webhook-id</c>.</summary>
    /// <returns>False when there is none of it, or it is on its way.</returns>
    public Task<bool> ResendAsync(Guid id, Guid delivery, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return events.RecordAsync(
            db,
            async () => await db.Set<WebhookDelivery>().Where(d => d.Id == delivery && d.WebhookId == id && d.DueAt == null && d.Sequence > 0)
                .ExecuteUpdateAsync(set => set.SetProperty(d => d.DueAt, now).SetProperty(d => d.Attempts, 0).SetProperty(d => d.DeliveredAt, (DateTimeOffset?)null).SetProperty(d => d.GivenUpAt, (DateTimeOffset?)null), ct) == 1
                ? new WebhookAdministered(id, "resent", null, new { delivery })
                : null,
            ct);
    }

    /// <summary>Puts the cursor back, so that everything since is made and sent again; nothing is waited for twice.</summary>
    /// <returns>False when there is no such webhook.</returns>
    public Task<bool> ReplayAsync(Guid id, DateTimeOffset since, CancellationToken ct) => events.RecordAsync(
        db,
        async () =>
        {
            var first = await db.Set<AuditRecord>().Where(r => r.Sequence > 0 && r.At >= since).OrderBy(r => r.Sequence).Select(r => (long?)r.Sequence).FirstOrDefaultAsync(ct);
            var before = (first ?? await EndAsync(db, ct) + 1) - 1;

            // The cursor first: who feeds at the same time loses, and with it what it made.
            if (await db.Set<Webhook>().Where(w => w.Id == id).ExecuteUpdateAsync(set => set.SetProperty(w => w.Cursor, w => w.Cursor < before ? w.Cursor : before), ct) == 0)
                return null;
            await db.Set<WebhookDelivery>().Where(d => d.WebhookId == id && d.Sequence > before).ExecuteDeleteAsync(ct);
            return new WebhookAdministered(id, "replayed", null, new { since });
        },
        ct);

    public static object State(Webhook row) => new { row.Url, row.Description, row.Events, Enabled = row.DisabledAt is null };

    /// <summary>The last place in the audit.</summary>
    public static Task<long> EndAsync(Store db, CancellationToken ct) =>
        db.Set<AuditRecord>().Where(r => r.Sequence > 0).OrderByDescending(r => r.Sequence).Select(r => r.Sequence).FirstOrDefaultAsync(ct);

    private bool Fill(Webhook row, WebhookInput input, long end)
    {
        var now = clock.GetUtcNow();
        row.Version = Guid.CreateVersion7(now);
        return input.Apply(row, secrets, end, now);
    }

    private async Task<(Webhook? Row, ErrorResult? Refused)> SaveAsync(Webhook row, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
            return (row, null);
        }
        catch (DbUpdateConcurrencyException)
        {
            return (null, Refusals.Changed);
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation())
        {
            return (null, Refusals.Conflict("Another webhook has this address. Give that one the events."));
        }
    }
}
