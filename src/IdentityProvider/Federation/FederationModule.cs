using IdentityProvider.Authorize;
using IdentityProvider.Federation.Admin;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Federation;

/// <summary>
/// Owns signing in with an account elsewhere: the way to the provider and back, whose account an answer opens, and what is
/// connected with what. The protocol is that of the framework's handlers, the second factor is ours.
/// </summary>
internal static class FederationModule
{
    public static IServiceCollection AddFederation(this IServiceCollection services)
    {
        services.AddSingleton<ProviderOptions>().AddSingleton<UpstreamHandlers>().AddSingleton<LinkCookie>();
        services.AddSingleton<ProviderCatalog>().AddHostedService(provider => provider.GetRequiredService<ProviderCatalog>());
        services.AddScoped<Accounts>().AddScoped<Links>().AddScoped<Connections>().AddScoped<SignInEnd>().AddScoped<CallbackEndpoint>();
        services.AddScoped<ProviderChanges>().AddSingleton<ProviderAnswer>();
        services.AddScoped<ProviderRoles>().AddScoped<UpstreamSessions>().AddScoped<BackchannelLogout>();
        services.AddScoped<IAuthorizeStep, WayInStep>().AddScoped<ISignOutElsewhere, SignOutElsewhere>();
        services.AddScoped<ISignInOption, ProviderOption>().AddSingleton<IWayIn, ProviderWayIn>();
        services.AddSingleton(new NavigationItem(NavigationItem.Account, 25, "Connected accounts", "/account/connections"));

        // What goes wrong at a provider is told in one line of our own; the handlers would write it as faults of ours, with a stack.
        services.AddLogging(logging => logging
            .AddFilter("Microsoft.AspNetCore.Authentication.OpenIdConnect", LogLevel.Critical).AddFilter("Microsoft.AspNetCore.Authentication.OAuth", LogLevel.Critical).AddFilter("Microsoft.AspNetCore.Authentication.Google", LogLevel.Critical));
        return services.AddSingleton(new Pruning("pending links", static (db, now, ct) => db.Set<PendingLink>().Where(l => l.ExpiresAt < now).DeleteInBatchesAsync(ct)));
    }

    /// <summary>Connecting two accounts: asked when the one here is proven in full.</summary>
    public static IServiceCollection AddFederationLink(this IServiceCollection services) => services.AddScoped<IAuthorizeStep, LinkStep>();

    public static void MapFederation(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/federation/{name}/start", StartEndpoint.HandleAsync);
        routes.MapGet("/federation/{name}/callback", CallbackEndpoint.HandleAsync);
        routes.MapGet("/federation/{name}/signed-out", SignOutElsewhere.Return);
        routes.MapPost("/federation/{name}" + Routes.BackchannelLogout, BackchannelLogout.HandleAsync).DisableAntiforgery();
        ProvidersApi.Map(routes);
    }
}
