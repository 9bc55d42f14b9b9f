using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Platform.Limits;

internal static class LimitsRegistration
{
    /// <summary>The limits of <c>IdentityProvider:RateLimits</c> and what counts against them.</summary>
    public static IServiceCollection AddLimits(this IServiceCollection services)
    {
        services.AddSettings<RateLimitsOptions>("RateLimits");
        services.AddSingleton<RateLimiter>();
        services.AddSingleton<FailureGate>();
        services.AddSingleton(provider => new Pruning("rate counters", (_, _, ct) => provider.GetRequiredService<RateLimiter>().PruneAsync(ct)));
        return services;
    }
}
