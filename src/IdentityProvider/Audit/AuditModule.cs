using IdentityProvider.Audit.Admin;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Audit;

/// <summary>
/// Owns what becomes of the audit's records: their place in a chain of hashes, the signed checkpoints, the proof that nothing was changed, the search, the export and the
/// archive, and the pages of the console that show it, while it is written, too. What is
/// recorded is said by the rooms, and written by <c>Platform/Events</c>.
/// </summary>
internal static class AuditModule
{
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSettings<AuditOptions>("Audit");
        services.AddSingleton<CheckpointSeal>().AddScoped<AuditChain>().AddScoped<AuditVerification>();
        services.AddScoped<AuditArchive>().AddScoped<ArchiveVerification>().AddSingleton<VerificationTurn>();
        services.AddScoped<AuditQuestions>().AddScoped<AuditNames>();
        services.AddSingleton<LiveTail>().AddHostedService(provider => provider.GetRequiredService<LiveTail>());
        services.AddSingleton(new NavigationItem(NavigationItem.Admin, 65, "Audit", AuditQuestion.Path) { Permission = Permission.ReadAudit });
        return services.AddSingleton<AuditChainJob>().AddHostedService(provider => provider.GetRequiredService<AuditChainJob>());
    }

    public static void MapAudit(this IEndpointRouteBuilder routes) => AuditApi.Map(routes);
}
