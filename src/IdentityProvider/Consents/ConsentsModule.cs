using IdentityProvider.Authorize;
using IdentityProvider.Consents.Admin;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Consents;

/// <summary>
/// Owns what people allowed clients to do: the question, the page, the memory of the answer, and taking it back.
/// What a scope means belongs to Clients, what comes of a grant to Tokens.
/// </summary>
internal static class ConsentsModule
{
    public static IServiceCollection AddConsents(this IServiceCollection services) => services
        .AddScoped<IAuthorizeStep, ConsentStep>()
        .AddScoped<AppAccess>()
        .AddSingleton(new NavigationItem(NavigationItem.Account, 40, "Apps with access", "/account/apps"));

    public static void MapConsents(this IEndpointRouteBuilder routes) => ConsentsApi.Map(routes);
}
