namespace IdentityProvider.Platform.Metrics;

/// <summary>
/// A size or an age that is asked for from time to time, not counted as it changes: gauges of one question. A room registers one. Nobody asks where
/// nobody listens.
/// </summary>
internal sealed record Measurement(Func<IServiceProvider, CancellationToken, Task<IEnumerable<Measured>>> ReadAsync);

internal sealed record Measured(Metric Metric, double Value, params KeyValuePair<string, object?>[] Attributes);
