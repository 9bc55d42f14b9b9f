using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IdentityProvider.Platform.Health;

/// <summary>
/// Looks at one part, in a scope that lives as long as the look: one that does not end in time is waited for no longer, and not begun a second time
/// beside the first, so that questions cannot pile up on what hangs.
/// </summary>
internal sealed class HealthPart<T>(IServiceScopeFactory scopes, TimeSpan every) : IHealthCheck
    where T : class, IHealthCheck
{
    private Task<HealthCheckResult>? look;
    private long since;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (look is null || (look.IsCompleted && (!look.IsCompletedSuccessfully || Stopwatch.GetElapsedTime(since) >= every)))
        {
            since = Stopwatch.GetTimestamp();
            look = Task.Run(() => LookAsync(context, cancellationToken), CancellationToken.None);
        }

        return look.WaitAsync(cancellationToken);
    }

    private async Task<HealthCheckResult> LookAsync(HealthCheckContext context, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await ActivatorUtilities.CreateInstance<T>(scope.ServiceProvider).CheckHealthAsync(context, ct);
    }
}
