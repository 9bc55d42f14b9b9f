using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Webhooks;

/// <summary>
/// One try to deliver. Anything but 2xx is tried again, later each time, for some three days; a receiver that takes nothing in all that time, or
/// answers 410 (Standard Webhooks 1.0: it is gone), is sent no more.
/// </summary>
internal sealed class WebhookPost(Store db, WebhookSecrets secrets, OutgoingHttp http, EventLog events, TimeProvider clock)
{
    public static readonly IReadOnlyList<TimeSpan> Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(24);

    /// <param name="delivery">Taken by the caller: nobody else tries it now.</param>
    /// <param name="ct">Cancels; nothing is written down then.</param>
    public async Task TryAsync(WebhookDelivery delivery, CancellationToken ct)
    {
        if (await db.Set<Webhook>().AsNoTracking().FirstOrDefaultAsync(w => w.Id == delivery.WebhookId, ct) is not { } webhook)
            return;
        var isTest = delivery.Event == WebhookMessage.Test;
        if (webhook.DisabledAt is not null && !isTest)
        {
            await EndAsync(delivery, "disabled", delivered: false);
            return;
        }

        var (outcome, status, wait) = await PostAsync(webhook, delivery, ct);
        delivery.Attempts++;
        if (status is >= 200 and < 300)
            await EndAsync(delivery, outcome, delivered: true);
        else if (isTest || status == (int)HttpStatusCode.Gone || delivery.Attempts > Waits.Count)
            await GiveUpAsync(webhook, delivery, outcome, isGone: status == (int)HttpStatusCode.Gone, isTest);
        else
            await PostponeAsync(delivery, outcome, wait);
    }

    /// <summary>What a receiver says is neither read nor kept: of the answer only the status counts.</summary>
    private async Task<(string Outcome, int Status, TimeSpan? Wait)> PostAsync(Webhook webhook, WebhookDelivery delivery, CancellationToken ct)
    {
        var (now, id) = (clock.GetUtcNow(), $"msg_{delivery.RecordId:N}");
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(delivery.Body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.ParseAdd("IdentityProvider-Webhooks/1.0");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", secrets.Sign(webhook, id, now.ToUnixTimeSeconds(), delivery.Body, now));
        try
        {
            using var response = await http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            var status = (int)response.StatusCode;
            var asked = response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - now;
            return (status.ToString(CultureInfo.InvariantCulture), status, status is 429 or 503 ? asked : null);
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return ("timeout", 0, null);
        }
        catch (HttpRequestException)
        {
            return ("unreachable", 0, null);
        }
    }

    // Not the caller's token below: what has happened has to be written down.
    private Task<int> EndAsync(WebhookDelivery delivery, string outcome, bool delivered)
    {
        DateTimeOffset? now = clock.GetUtcNow();
        return db.Set<WebhookDelivery>().Where(d => d.Id == delivery.Id).ExecuteUpdateAsync(
            set => set.SetProperty(d => d.DueAt, (DateTimeOffset?)null).SetProperty(d => d.Attempts, delivery.Attempts).SetProperty(d => d.Outcome, outcome).SetProperty(d => d.TriedAt, now)
                .SetProperty(d => d.DeliveredAt, delivered ? now : null).SetProperty(d => d.GivenUpAt, delivered ? null : now),
            CancellationToken.None);
    }

    private async Task GiveUpAsync(Webhook webhook, WebhookDelivery delivery, string outcome, bool isGone, bool isTest)
    {
        await EndAsync(delivery, outcome, delivered: false);
        if (isTest)
            return;
        if (!isGone && await db.Set<WebhookDelivery>().AnyAsync(d => d.WebhookId == webhook.Id && d.DeliveredAt > delivery.CreatedAt && d.Sequence > 0, CancellationToken.None))
            return;
        var (now, reason) = (clock.GetUtcNow(), isGone ? "gone" : "failing");
        await events.RecordAsync(
            db,
            async () => await db.Set<Webhook>().Where(w => w.Id == webhook.Id && w.DisabledAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(w => w.DisabledAt, now).SetProperty(w => w.DisabledReason, reason).SetProperty(w => w.Version, Guid.CreateVersion7(now)), CancellationToken.None) == 1
                ? new WebhookDisabled(webhook.Id, reason)
                : null,
            CancellationToken.None);
    }

    private Task<int> PostponeAsync(WebhookDelivery delivery, string outcome, TimeSpan? asked)
    {
        var (now, wait) = (clock.GetUtcNow(), Waits[delivery.Attempts - 1]);
        if (asked > wait)
            wait = asked.Value < LongestAsked ? asked.Value : LongestAsked;
        return db.Set<WebhookDelivery>().Where(d => d.Id == delivery.Id).ExecuteUpdateAsync(
            set => set.SetProperty(d => d.DueAt, now + wait).SetProperty(d => d.Attempts, delivery.Attempts).SetProperty(d => d.Outcome, outcome).SetProperty(d => d.TriedAt, now), CancellationToken.None);
    }
}
