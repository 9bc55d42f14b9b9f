using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IdentityProvider.SigningKeys;

/// <summary>There is a key of each algorithm that signs now. One that should have been followed by another still signs: somebody has to look why.</summary>
internal sealed class SigningKeysHealth(SigningKeyRing ring, TimeProvider clock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var active = ring.Active;
        return Task.FromResult(
            active.Count < SigningAlgorithms.All.Count ? HealthCheckResult.Unhealthy("no_key")
            : active.Any(key => key.RetiresAt + SigningKeySchedule.Poll < clock.GetUtcNow()) ? HealthCheckResult.Degraded("rotation_overdue")
            : HealthCheckResult.Healthy());
    }
}
