using IdentityProvider.Admin.Apis;
using IdentityProvider.Admin.Clients;
using IdentityProvider.Admin.Dashboard;
using IdentityProvider.Admin.People;
using IdentityProvider.Admin.Rights;
using IdentityProvider.Admin.Server;
using IdentityProvider.Admin.ServiceAccounts;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Admin;

/// <summary>
/// Owns the console: its frame, its overview, the way there from the account portal, and the admin API of people, their rights, service accounts, clients, APIs, grants, signing keys, settings and counts. The other rooms bring their own pages into it; who may see one
/// is said on the page and settled in Authorize.
/// </summary>
internal static class AdminModule
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services
        .AddScoped<RoleChanges>().AddScoped<GroupChanges>().AddScoped<UserRoleChanges>().AddScoped<PersonRights>().AddScoped<UserSearch>().AddScoped<UserChanges>().AddScoped<ClientChanges>().AddScoped<SecretChanges>().AddScoped<ApiChanges>().AddScoped<ServiceAccountChanges>()
        .AddSingleton(new NavigationItem(NavigationItem.Account, 1000, "Administration", "/admin") { LeadsInto = NavigationItem.Admin })
        .AddScoped<EventCounts>().AddScoped<DashboardNumbers>().AddScoped<FirstSteps>().AddFigures()
        .AddSingleton<DashboardJob>().AddHostedService(provider => provider.GetRequiredService<DashboardJob>())
        .AddSingleton(new Pruning("hourly counts", static (db, now, ct) => db.Set<HourlyCount>().Where(c => c.Hour < now - HourlyCount.Kept).DeleteInBatchesAsync(ct)))
        .AddSingleton(new NavigationItem(NavigationItem.Admin, 5, "Overview", OverviewPage.Path) { Permission = Permission.ReadStatistics })
        .AddSingleton(new NavigationItem(NavigationItem.Admin, 10, "People", "/admin/users") { Permission = Permission.ReadUsers })
        .AddSingleton(new NavigationItem(NavigationItem.Admin, 20, "Roles", "/admin/roles") { Permission = Permission.ReadRoles })
        .AddSingleton(new NavigationItem(NavigationItem.Admin, 25, "Groups", "/admin/groups") { Permission = Permission.ReadRoles })
        .AddSingleton(new NavigationItem(NavigationItem.Admin, 30, "Clients", ClientsPage.All) { Permission = Permission.ReadClients })
        .AddSingleton(new NavigationItem(NavigationItem.Admin, 60, "Service accounts", "/admin/service-accounts") { Permission = Permission.ReadServiceAccounts })
        .AddSingleton(AuditedThings.People).AddSingleton(AuditedThings.ServiceAccounts).AddSingleton(AuditedThings.Roles).AddSingleton(AuditedThings.Groups).AddSingleton(AuditedThings.Clients);

    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        UsersApi.Map(routes);
        ClientsApi.Map(routes);
        SecretsApi.Map(routes);
        ApisApi.Map(routes);
        ScopesApi.Map(routes);
        GrantsApi.Map(routes);
        KeysApi.Map(routes);
        SettingsApi.Map(routes);
        StatisticsApi.Map(routes);
        ApiReference.Map(routes);
        RolesApi.Map(routes);
        GroupsApi.Map(routes);
        UserRolesApi.Map(routes);
        ServiceAccountsApi.Map(routes);
    }
}
