using IdentityProvider.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Themes;

/// <summary>
/// How the hosted pages look: the frame around every page, its colours, logo, style sheet and footer links, from a folder
/// an operator edits while the server runs, or from the one built in. A theme restyles and cannot run code: templates are
/// Liquid, scripts are only the server's own. What the pages say and do belongs to the rooms they live in.
/// </summary>
internal static class ThemesModule
{
    public static IServiceCollection AddThemes(this IServiceCollection services)
    {
        services.AddSettings<ThemesOptions>("Themes");
        return services.AddSingleton<CurrentTheme>().AddSingleton<Frame>();
    }

    public static void MapThemes(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/theme/{file}", [HttpMethods.Get, HttpMethods.Head], ThemeEndpoint.Serve);
}
