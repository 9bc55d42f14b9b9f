using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Webhooks;

/// <summary>Makes webhooks, and things for them to hear of.</summary>
internal static class WebhookBench
{
    /// <summary>What <see cref="AuditBench.RecordAsync"/> records.</summary>
    public const string Things = "tests.thing_changed";

    public static async Task<(Guid Id, string Secret)> WebhookAsync(this IdpHost host, string url, params string[] events)
    {
        await host.AuditAsync();
        var (row, secret, _) = await host.WebhooksAsync(changes => changes.AddAsync(new WebhookInput { Url = url, Events = [.. events] }, default));
        return (row!.Id, secret);
    }

    public static async Task<T> WebhooksAsync<T>(this IdpHost host, Func<WebhookChanges, Task<T>> act)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<WebhookChanges>());
    }

    public static Task<Webhook> FindAsync(this IdpHost host, Guid id) => host.InStoreAsync(db => db.Set<Webhook>().AsNoTracking().SingleAsync(w => w.Id == id));

    public static Task<List<WebhookDelivery>> DeliveriesAsync(this IdpHost host, Guid id) =>
        host.InStoreAsync(db => db.Set<WebhookDelivery>().AsNoTracking().Where(d => d.WebhookId == id).OrderBy(d => d.Sequence).ToListAsync());

    public static Task HearsAsync(this WebhookReceiver receiver, int count) => Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Count >= count));
}
