using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Tokens.Engine;
using IdentityProvider.Tokens.Grants;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tokens;

/// <summary>
/// Owns what the protocol endpoints issue, tell and take back: the engine's set-up, the token, UserInfo, introspection and
/// revocation endpoints, and how clients prove themselves. Whether a person agreed is settled in Authorize and Device.
/// </summary>
internal static class TokensModule
{
    public static IServiceCollection AddTokens(this IServiceCollection services)
    {
        services.AddSettings<TokensOptions>("Tokens");
        services.AddScoped<ClientCredentials>().AddScoped<PersonGrant>().AddScoped<Delegation>().AddScoped<Successor>().AddScoped<Replay>();
        services.AddSingleton<RevocationList>().AddSingleton<TokenLife>();
        services.AddOpenIddict().AddServer(EngineSetup.Configure);
        services.ConfigureOptions<EngineOptions>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, BearerAuthentication>(BearerTokens.Scheme, null);
        services.AddAuthorization();
        return services;
    }

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/connect/token", TokenEndpoint.HandleAsync).DisableAntiforgery();
        routes.MapMethods("/connect/userinfo", [HttpMethods.Get, HttpMethods.Post], UserInfoEndpoint.HandleAsync).DisableAntiforgery();
    }
}
