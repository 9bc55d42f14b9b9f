using IdentityProvider.Platform.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Health;

internal static class HealthRegistration
{
    /// <summary>Shorter than any prober waits, and than the time in which an outage is to be seen.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What the ground itself needs: the database, Redis where something is kept there, and the keys that seal what is stored and sent.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks();
        services.AddSingleton<HealthProbe>();
        services.AddHealthPart<DatabaseHealth>("database").AddHealthPart<KeyRingHealth>("key_ring");
        services.AddHealthPart<RedisHealth>("redis", when: provider => provider.GetRequiredService<IOptions<RedisOptions>>().Value is { Sessions: true } or { KeyRing: true });

        // The framework writes a line with a stack for each check that fails, at each question; HealthProbe writes one when something changes.
        return services.AddLogging(logging => logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
    }

    /// <summary>
    /// Something without which this node cannot do its work, or does it badly. A room registers what it alone knows of; why it is not healthy is
    /// one word in the description, which everybody may read.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name in the answer.</param>
    /// <param name="every">How long an answer stands: longer for what costs more to find out.</param>
    /// <param name="when">Whether this deployment has it at all.</param>
    public static IServiceCollection AddHealthPart<T>(this IServiceCollection services, string name, TimeSpan every = default, Func<IServiceProvider, bool>? when = null)
        where T : class, IHealthCheck
    {
        services.AddSingleton(provider => new HealthPart<T>(provider.GetRequiredService<IServiceScopeFactory>(), every));
        services.AddOptions<HealthCheckServiceOptions>().Configure<IServiceProvider>((health, provider) =>
        {
            if (when is null || when(provider))
                health.Registrations.Add(new HealthCheckRegistration(name, provider.GetRequiredService<HealthPart<T>>(), HealthStatus.Unhealthy, [], Patience));
        });
        return services;
    }

    public static void UseHealth(this WebApplication app) => app.UseMiddleware<HealthAnswers>();
}
