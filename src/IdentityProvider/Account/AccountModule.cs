using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Account;

/// <summary>
/// Owns the account portal: its frame and navigation, and what people see and change of themselves. Sessions, consents, second
/// factors and keys bring their own pages into the frame; who may see it is settled in Authorize.
/// </summary>
internal static class AccountModule
{
    public static IServiceCollection AddAccount(this IServiceCollection services)
    {
        services.AddScoped<PictureStore>();
        services.AddSingleton(new LargeBody("/account/picture", PicturePage.MaxBytes + 16 * 1024));
        services.AddSingleton(new NavigationItem(NavigationItem.Account, 20, "Password", "/account/password"));
        services.AddSingleton(new NavigationItem(NavigationItem.Admin, 1000, "Your account", "/account"));
        return services.AddSingleton(new NavigationItem(NavigationItem.Account, 10, "Profile", "/account"));
    }

    public static void MapAccount(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account/picture/{name}", PictureEndpoint.HandleAsync);
        routes.MapGet("/api/me", MeEndpoint.HandleAsync).RequireAuthorization(BearerTokens.Policy("openid"));

        // Password managers look here (W3C, a well-known URL for changing passwords).
        routes.MapGet("/.well-known/change-password", () => new SeeOther("/account/password"));
    }
}
