using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Platform.Telemetry;

/// <summary>
/// What operators see of the server. Traces, metrics and logs go out by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; that and the other variables of OpenTelemetry
/// (<c>OTEL_SERVICE_NAME</c>, <c>OTEL_TRACES_SAMPLER</c>...) are read as it defines them. Without either nothing is collected.
/// </summary>
public sealed class TelemetryOptions
{
    /// <summary>The port at which Prometheus fetches <c>/metrics</c> (1 to 65,535; none). One of its own: nothing of it is at the public one.</summary>
    [Range(1, 65_535)]
    public int? PrometheusPort { get; set; }

    /// <summary>The IP address of that port (default <c>127.0.0.1</c>: this machine alone). Whoever reaches it reads the metrics: <c>0.0.0.0</c> only where the network is yours.</summary>
    [Required, StringLength(45, MinimumLength = 2)]
    public string PrometheusAddress { get; set; } = "127.0.0.1";
}
