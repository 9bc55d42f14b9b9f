using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace IdentityProvider.Platform.Telemetry;

/// <summary>A server of its own beside the public one, with a port of its own, for <c>/metrics</c> alone: no setting of the public one, and no mistake in it, shows the metrics there.</summary>
internal sealed class PrometheusServer(MeterProvider meters, IOptions<TelemetryOptions> options) : IHostedService, IAsyncDisposable
{
    public const string Path = "/metrics";
    private WebApplication? app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(IPAddress.Parse(options.Value.PrometheusAddress), options.Value.PrometheusPort!.Value);
        });
        app = builder.Build();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(meters, null, Path, null, null);
        await app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
            await app.DisposeAsync();
    }
}
