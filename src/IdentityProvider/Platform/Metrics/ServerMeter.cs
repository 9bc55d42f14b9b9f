using System.Diagnostics.Metrics;

namespace IdentityProvider.Platform.Metrics;

/// <summary>
/// The meter that everything countable of this server belongs to. Instruments are named as OpenTelemetry asks,
/// <c>identityprovider.thing</c> in the singular with what is counted as the unit, and live beside what they count.
/// </summary>
internal static class ServerMeter
{
    public const string Name = "IdentityProvider";

    /// <summary>Those that OpenTelemetry's conventions advise for calls to a database: from a look-up in memory to what nobody waits for.</summary>
    private static readonly double[] Seconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

    public static Counter<long> Counter(this IMeterFactory meters, Metric metric) => meters.Create(Name).CreateCounter<long>(metric.Name, metric.Unit, metric.Description);

    public static UpDownCounter<long> UpDownCounter(this IMeterFactory meters, Metric metric) => meters.Create(Name).CreateUpDownCounter<long>(metric.Name, metric.Unit, metric.Description);

    public static Gauge<double> Gauge(this IMeterFactory meters, Metric metric) => meters.Create(Name).CreateGauge<double>(metric.Name, metric.Unit, metric.Description);

    /// <summary>Of durations, in seconds.</summary>
    public static Histogram<double> Histogram(this IMeterFactory meters, Metric metric) =>
        meters.Create(Name).CreateHistogram(metric.Name, metric.Unit, metric.Description, [], new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
}
