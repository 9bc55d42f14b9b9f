using IdentityProvider.Platform.Health;
using IdentityProvider.Platform.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace IdentityProvider.Platform.Telemetry;

internal static class TelemetryRegistration
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", ServiceName = "OTEL_SERVICE_NAME";

    /// <summary>What the framework counts by itself, with routes and never with paths as attributes.</summary>
    private static readonly string[] Meters = [ServerMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    /// <summary>Below a warning they write down requests with their queries, statements and, at Trace, tokens: on a console for an hour of searching, but not to another server.</summary>
    private static readonly string[] Talkative = ["Microsoft", "OpenIddict", "System.Net.Http", "Npgsql"];

    /// <summary>Collects only what somebody takes: without an endpoint and without the port this adds nothing.</summary>
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        var exports = !string.IsNullOrWhiteSpace(builder.Configuration[Endpoint]);
        var isScraped = builder.Configuration.GetSection($"{IdentityProviderOptions.Section}:Telemetry").GetValue<string>(nameof(TelemetryOptions.PrometheusPort)) is { Length: > 0 };
        if (!exports && !isScraped)
            return builder;

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(builder.Configuration[ServiceName] ?? "identityprovider", serviceVersion: ProductVersion.Text))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters);
                if (isScraped)
                    metrics.AddPrometheusExporter();
            });
        builder.Services.AddHostedService<MeasuringJob>();
        if (isScraped)
            builder.Services.AddHostedService<PrometheusServer>();
        if (!exports)
            return builder;

        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing
                .AddSource(ServerMeter.Name)
                .AddAspNetCoreInstrumentation(requests => requests.Filter = static http => !HealthAnswers.IsAt(http.Request.Path))
                .AddProcessor(new PlainSpans()))
            .WithLogging(null, static logs => logs.IncludeFormattedMessage = true);
        telemetry.UseOtlpExporter();
        foreach (var category in Talkative)
            builder.Logging.AddFilter<OpenTelemetryLoggerProvider>(category, LogLevel.Warning);
        return builder;
    }
}
