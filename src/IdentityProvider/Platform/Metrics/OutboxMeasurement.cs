using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Platform.Metrics;

/// <summary>What is written in the database to be sent, and is not yet.</summary>
internal static class OutboxMeasurement
{
    private static readonly MetricAttribute Outbox = new("outbox", "`mail`, `logout` (back-channel logout), `webhook`");

    public static readonly Metric Messages = new(MetricKind.Gauge, "identityprovider.outbox.messages", "{message}", "Messages that wait to be sent, on all nodes together.", Outbox);
    public static readonly Metric Age = new(MetricKind.Gauge, "identityprovider.outbox.age", "s", "How long the oldest of them has waited; 0 where none waits.", Outbox);

    /// <param name="services">The services.</param>
    /// <param name="outbox">Its name as an attribute.</param>
    /// <param name="waiting">When those that wait were written.</param>
    public static IServiceCollection AddOutboxMeasurement(this IServiceCollection services, string outbox, Func<Store, IQueryable<DateTimeOffset>> waiting) =>
        services.AddSingleton(new Measurement(async (provider, ct) =>
        {
            var written = waiting(provider.GetRequiredService<Store>());
            var (count, oldest) = (await written.CountAsync(ct), await written.OrderBy(at => at).Take(1).ToListAsync(ct));
            var age = oldest is [var at] ? provider.GetRequiredService<TimeProvider>().GetUtcNow() - at : TimeSpan.Zero;
            var attribute = KeyValuePair.Create("outbox", (object?)outbox);
            return [new Measured(Messages, count, attribute), new Measured(Age, Math.Max(0, age.TotalSeconds), attribute)];
        }));
}
