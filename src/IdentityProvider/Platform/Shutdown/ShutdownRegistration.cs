using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Shutdown;

internal static class ShutdownRegistration
{
    public static IServiceCollection AddShutdown(this IServiceCollection services)
    {
        services.AddSingleton<Draining>().AddHostedService(provider => provider.GetRequiredService<Draining>());
        services.AddOptions<HostOptions>().Configure<IOptions<ShutdownOptions>>((host, shutdown) => host.ShutdownTimeout = shutdown.Value.Timeout);
        return services;
    }

    /// <summary>
    /// A connection that is kept for the next request ends with an answer that says so (RFC 9112 section 9.6). Closed while it rests, it would be
    /// closed under the request that is just being sent.
    /// </summary>
    public static void UseDraining(this WebApplication app)
    {
        var draining = app.Services.GetRequiredService<Draining>();
        app.Use((http, next) =>
        {
            http.Response.OnStarting(() =>
            {
                if (draining.HasBegun && HttpProtocol.IsHttp11(http.Request.Protocol))
                    http.Response.Headers.Connection = "close";
                return Task.CompletedTask;
            });
            return next(http);
        });
    }
}
