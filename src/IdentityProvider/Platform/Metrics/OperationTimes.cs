using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace IdentityProvider.Platform.Metrics;

/// <summary>How long the database and Redis take: the metric that OpenTelemetry's conventions name, and a span without the statement.</summary>
internal sealed class OperationTimes(IMeterFactory meters)
{
    public static readonly Metric Duration = new(MetricKind.Histogram, "db.client.operation.duration", "s", "How long the database or Redis took to answer.",
        new("db.system.name", "`sqlite`, `postgresql`, `microsoft.sql_server`, `redis`"),
        new("db.operation.name", "`SELECT`, `INSERT`, `UPDATE`, `DELETE`, `OTHER`; for Redis the command"),
        new("error.type", "where it failed: the type of the exception"));

    private readonly Histogram<double> duration = meters.Histogram(Duration);

    /// <summary>False when nobody listens: then there is nothing to look up.</summary>
    public bool AreWanted => duration.Enabled || ServerActivity.Source.HasListeners();

    public void Record(string system, string operation, DateTimeOffset startedAt, TimeSpan time, Exception? failure)
    {
        var tags = new TagList { { "db.system.name", system }, { "db.operation.name", operation } };
        if (failure is not null)
            tags.Add("error.type", failure.GetType().FullName);
        duration.Record(time.TotalSeconds, tags);
        if (!ServerActivity.Source.HasListeners() || ServerActivity.Source.CreateActivity(operation, ActivityKind.Client, default(ActivityContext), tags) is not { } span)
            return;
        span.SetStartTime(startedAt.UtcDateTime);
        span.Start();
        if (failure is not null)
            span.SetStatus(ActivityStatusCode.Error);
        span.SetEndTime(startedAt.UtcDateTime + time);
        span.Dispose();
    }
}
