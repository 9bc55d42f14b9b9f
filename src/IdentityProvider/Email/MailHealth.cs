using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IdentityProvider.Email;

/// <summary>Mails leave. When they do not, this node can do everything else: no reason to send people to another.</summary>
internal sealed class MailHealth(Store db, TimeProvider clock) : IHealthCheck
{
    /// <summary>It reads the outbox, which nothing orders by age.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Old = TimeSpan.FromMinutes(15);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var before = clock.GetUtcNow() - Old;
        return await db.Set<Mail>().AnyAsync(m => m.CreatedAt < before, cancellationToken) ? HealthCheckResult.Degraded("old_mails") : HealthCheckResult.Healthy();
    }
}
