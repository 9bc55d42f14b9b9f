using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Sessions;

/// <summary>
/// Owns who is signed in with which browser: the session, its cookie, its end, and the pages of signing out.
/// What a session may be used for is decided by the steps of Authorize.
/// </summary>
internal static class SessionsModule
{
    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddSettings<SessionsOptions>("Sessions");
        services.AddSingleton<SessionCookie>();
        services.AddScoped<SessionStore>();
        services.AddSingleton(new Pruning("sessions", static (db, now, ct) =>
            db.Set<Session>().Where(s => s.ExpiresAt < now || s.IdleExpiresAt < now).ExecuteDeleteAsync(ct)));
        return services;
    }

    public static void MapSessions(this IEndpointRouteBuilder routes) =>
        routes.MapMethods(Routes.EndSession, [HttpMethods.Get, HttpMethods.Post], EndSessionEndpoint.HandleAsync).DisableAntiforgery();
}
