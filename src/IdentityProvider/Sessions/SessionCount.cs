using IdentityProvider.Platform.Metrics;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Sessions;

/// <summary>How many are signed in.</summary>
internal static class SessionCount
{
    public static readonly Metric Sessions = new(MetricKind.Gauge, "identityprovider.sessions", "{session}", "Sessions that are complete and not over, on all nodes together.");

    public static readonly Measurement Measurement = new(async (provider, ct) =>
    {
        var now = provider.GetRequiredService<TimeProvider>().GetUtcNow();
        return [new Measured(Sessions, await provider.GetRequiredService<Store>().Set<Session>().LongCountAsync(session => session.CompletedAt != null && session.IdleExpiresAt > now, ct))];
    });
}
