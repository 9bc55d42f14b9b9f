using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Roles;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Suspicions;

/// <summary>
/// Owns what looks like an attack: what counts as one, that each is told once, the list for administrators, and the link "This was not me" of the mails about
/// it. What that link does is the business of Recovery, who hears of events beyond the list that of Webhooks.
/// </summary>
internal static class SuspicionsModule
{
    public static IServiceCollection AddSuspicions(this IServiceCollection services)
    {
        services.AddSettings<SuspicionsOptions>("Suspicions");
        services.AddScoped<SuspicionLog>().AddScoped<SuspicionMail>().AddScoped<Travel>().AddScoped<SpraySearch>();
        services.AddSingleton<SprayWatch>().AddHostedService(provider => provider.GetRequiredService<SprayWatch>());
        services.AddSingleton(new Pruning("suspicions", static (db, now, ct) => db.Set<Suspicion>().Where(s => s.QuietUntil < now).DeleteInBatchesAsync(ct)));
        return services.AddSingleton(new NavigationItem(NavigationItem.Admin, 70, "Suspicious activity", "/admin/suspicious") { Permission = Permission.ReadAudit });
    }
}
