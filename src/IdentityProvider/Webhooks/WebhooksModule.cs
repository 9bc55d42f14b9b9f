using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Webhooks;

/// <summary>
/// Owns telling other servers what was audited: which of them hear of what, signed messages (Standard Webhooks 1.0), and trying again. What is
/// audited is for the rooms to say; nothing is sent that is not in the audit.
/// </summary>
internal static class WebhooksModule
{
    /// <summary>How long what became of a message is shown.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public static IServiceCollection AddWebhooks(this IServiceCollection services) => services
        .AddSingleton<WebhookSecrets>()
        .AddScoped<WebhookChanges>()
        .AddScoped<WebhookPost>()
        .AddScoped<WebhookTrial>()
        .AddSingleton<WebhookFeed>().AddHostedService(provider => provider.GetRequiredService<WebhookFeed>())
        .AddHostedService<WebhookSender>()
        .AddOutboxMeasurement("webhook", static db => db.Set<WebhookDelivery>().Where(delivery => delivery.DueAt != null).Select(delivery => delivery.CreatedAt))
        .AddSingleton(new Pruning("webhook deliveries", PruneAsync))
        .AddSingleton(new AuditedKind("webhook", Permission.ReadWebhooks, FindAsync))
        .AddSingleton(new Figure("webhooks_given_up", static (db, now, ct) => db.Set<WebhookDelivery>().LongCountAsync(d => d.CreatedAt > now.AddDays(-7) && d.GivenUpAt != null, ct)))
        .AddSingleton(new NavigationItem(NavigationItem.Admin, 80, "Webhooks", "/admin/webhooks") { Permission = Permission.ReadWebhooks });

    public static void MapWebhooks(this IEndpointRouteBuilder routes) => WebhooksApi.Map(routes);

    private static async Task<Dictionary<string, AuditedThing>> FindAsync(Store db, IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        var webhooks = AuditedKind.Guids(ids);
        return await db.Set<Webhook>().Where(w => webhooks.Contains(w.Id)).ToDictionaryAsync(w => w.Id.ToString(), w => new AuditedThing(w.Url, $"/admin/webhooks/{w.Id}"), ct);
    }

    private static Task<int> PruneAsync(Store db, DateTimeOffset now, CancellationToken ct)
    {
        var before = now - Kept;
        return db.Set<WebhookDelivery>().Where(d => d.CreatedAt < before && d.DueAt == null).DeleteInBatchesAsync(ct);
    }
}
