using IdentityProvider.Platform.Redis;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace IdentityProvider.Platform.Health;

/// <summary>Without Redis nobody signs in where sessions are there; the key ring alone is in memory for a day.</summary>
internal sealed class RedisHealth(RedisServer redis, IOptions<RedisOptions> options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await redis.Database.PingAsync().WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (RedisException)
        {
            return options.Value.Sessions ? HealthCheckResult.Unhealthy("unreachable") : HealthCheckResult.Degraded("unreachable");
        }
    }
}
