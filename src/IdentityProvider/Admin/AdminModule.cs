using IdentityProvider.Admin.Apis;
using IdentityProvider.Admin.Clients;
using IdentityProvider.Admin.People;
using IdentityProvider.Admin.Rights;
using IdentityProvider.Admin.ServiceAccounts;
using IdentityProvider.Admin.Server;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Admin;

/// <summary>
/// Owns the console: its frame, the way there from the account portal, and the admin API of people, their rights, service accounts, clients, APIs, grants, signing keys, settings and counts. The other rooms bring their own pages into it; who may see one
/// is said on the page and settled in Authorize.
/// </summary>
internal static class AdminModule
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services
        .AddScoped<RoleChanges>().AddScoped<GroupChanges>().AddScoped<UserSearch>().AddScoped<UserChanges>().AddScoped<ClientChanges>().AddScoped<SecretChanges>().AddScoped<ApiChanges>().AddScoped<ServiceAccountChanges>()
        .AddSingleton(new NavigationItem(NavigationItem.Account, 1000, "Administration", "/admin") { LeadsInto = NavigationItem.Admin });

    public static void MapAdmin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin", (IEnumerable<NavigationItem> items) => new SeeOther(items.Where(item => item.Area == NavigationItem.Admin).MinBy(item => item.Order)!.Path));
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
