using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Admin;

/// <summary>
/// Owns the console: its frame, and the way there from the account portal. The rooms bring their own pages into it; who may see one
/// is said on the page and settled in Authorize.
/// </summary>
internal static class AdminModule
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) =>
        services.AddSingleton(new NavigationItem(NavigationItem.Account, 1000, "Administration", "/admin") { LeadsInto = NavigationItem.Admin });

    public static void MapAdmin(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/admin", (IEnumerable<NavigationItem> items) => new SeeOther(items.Where(item => item.Area == NavigationItem.Admin).MinBy(item => item.Order)!.Path));
}
