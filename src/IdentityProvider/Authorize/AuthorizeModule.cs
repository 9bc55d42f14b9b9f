using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace IdentityProvider.Authorize;

/// <summary>
/// Owns the authorization endpoint, the order in which questions are asked, and the requests that wait for a person.
/// The questions belong to the rooms that bring them as steps; tokens are issued in Tokens.
/// </summary>
internal static class AuthorizeModule
{
    public static IServiceCollection AddAuthorize(this IServiceCollection services)
    {
        services.AddSettings<AuthorizeOptions>("Authorize");
        services.AddScoped<ReturnTicket>().AddScoped<StepDispatcher>().AddScoped<RequestReader>().AddScoped<AuthorizeEndpoint>();
        services.AddScoped<OwnPages>().AddScoped<SecondFactors>();
        services.Configure<MvcOptions>(mvc => mvc.Filters.AddService<OwnPages>());
        services.AddOpenIddict().AddServer(server => server
            .AddEventHandler(ResumeRequest.Descriptor)
            .RemoveEventHandler(Authentication.ValidatePushedAuthorizationRequestsRequirement.Descriptor)
            .AddEventHandler(PushedRequests.Descriptor)
            .AddEventHandler(PushLimit.Descriptor)
            .AddEventHandler(ErrorRedirect.Descriptor));
        services.AddSingleton(new Pruning("stored requests", static (db, now, ct) =>
            db.Set<StoredRequest>().Where(r => r.ExpiresAt < now).DeleteInBatchesAsync(ct)));
        return services;
    }

    public static void MapAuthorize(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Routes.Authorize, [HttpMethods.Get, HttpMethods.Post], AuthorizeEndpoint.HandleAsync).DisableAntiforgery();
        routes.MapGet("/continue", OwnPages.ContinueAsync);
    }
}
