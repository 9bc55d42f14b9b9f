using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Routing;
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
        .AddSingleton(new NavigationItem(NavigationItem.Admin, 80, "Webhooks", "/admin/webhooks") { Permission = Permission.ReadWebhooks });

    public static void MapWebhooks(this IEndpointRouteBuilder routes) => WebhooksApi.Map(routes);

    private static Task<int> PruneAsync(Platform.Storage.Store db, DateTimeOffset now, CancellationToken ct)
    {
        var before = now - Kept;
        return db.Set<WebhookDelivery>().Where(d => d.CreatedAt < before && d.DueAt == null).DeleteInBatchesAsync(ct);
    }
}
