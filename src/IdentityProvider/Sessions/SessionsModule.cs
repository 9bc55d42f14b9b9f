using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Platform.Redis;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Sessions.Live;
using IdentityProvider.Sessions.Logout;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>
/// Owns who is signed in with which browser: the session, its cookie, its end, the word to the clients, and the pages of signing out.
/// What a session may be used for is decided by the steps of Authorize.
/// </summary>
internal static class SessionsModule
{
    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddSettings<SessionsOptions>("Sessions");
        services.AddSingleton<SessionCookie>().AddSingleton<LastWay>().AddScoped<BrowserAccounts>();
        services.AddScoped<SessionStore>().AddScoped<DatabaseSessions>().AddScoped<RedisSessions>();
        services.AddScoped<ILiveSessions>(provider => provider.GetRequiredService<IOptions<RedisOptions>>().Value.Sessions
            ? provider.GetRequiredService<RedisSessions>()
            : provider.GetRequiredService<DatabaseSessions>());
        services.AddScoped<SessionSearch>().AddScoped<SessionEnding>().AddScoped<ConsoleUsers>().AddSingleton<Panic>();
        services.AddScoped<SessionEnd>().AddScoped<ActingRight>().AddScoped<TrustedDevices>();
        services.AddSingleton(new Pruning("trusted devices", static (db, now, ct) =>
            db.Set<TrustedDevice>().Where(d => d.CreatedAt < now - TrustedDevices.Longest).DeleteInBatchesAsync(ct)));
        services.AddSingleton(new EndedByRestore("sessions", KeepOption.Sessions, RestoredSessions.EndAsync));
        services.AddSingleton(new EndedByRestore("trusted devices", KeepOption.Sessions, static (provider, ct) => provider.GetRequiredService<Store>().Set<TrustedDevice>().ExecuteDeleteAsync(ct)));
        services.AddSingleton<SessionSweep>().AddHostedService(provider => provider.GetRequiredService<SessionSweep>());
        services.AddSingleton<LogoutSignal>().AddSingleton<LogoutToken>().AddScoped<LogoutDelivery>();
        services.AddHostedService<LogoutSender>();
        services.AddOutboxMeasurement("logout", static db => db.Set<LogoutNotice>().Select(notice => notice.CreatedAt));
        services.AddSingleton(SessionCount.Measurement);
        services.AddSingleton(new NavigationItem(NavigationItem.Account, 30, "Signed-in devices", "/account/sessions"));
        services.AddSingleton(new PersonAction(5, "Sessions", "/admin/sessions?user={sub}", Permission.ReadSessions) { Hint = "Where they are signed in, and signing them out." });
        services.AddSingleton(new NavigationItem(NavigationItem.Admin, 40, "Sessions", "/admin/sessions") { Permission = Permission.ReadSessions });
        return services;
    }

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Routes.EndSession, [HttpMethods.Get, HttpMethods.Post], EndSessionEndpoint.HandleAsync).DisableAntiforgery();
        routes.MapPost("/api/logout-all", LogoutAllEndpoint.HandleAsync).RequireAuthorization(BearerTokens.Policy("openid")).RequireSignIn(LogoutAllEndpoint.MaxAge).DisableAntiforgery();
        SessionsApi.Map(routes);
    }
}
