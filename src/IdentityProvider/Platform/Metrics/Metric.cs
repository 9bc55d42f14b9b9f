namespace IdentityProvider.Platform.Metrics;

/// <summary>
/// What an instrument tells an operator; kept in a static field beside what it counts, where docs/operate/monitoring.md is written from. An attribute has few values,
/// and none that somebody outside chooses: each combination is a time series.
/// </summary>
internal sealed record Metric(MetricKind Kind, string Name, string Unit, string Description, params MetricAttribute[] Attributes);

internal sealed record MetricAttribute(string Name, string Values);

internal enum MetricKind
{
    Counter,
    UpDownCounter,
    Gauge,
    Histogram,
}

/// <summary>What an event is counted as, beside itself.</summary>
internal sealed record Tally(Metric Metric, params KeyValuePair<string, object?>[] Attributes);
