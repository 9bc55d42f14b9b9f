using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using IdentityProvider.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Platform.Metrics;

/// <summary>Takes every measurement at the start and each half minute, on every node alike: what they say of the shared database is the same, and is not to be added up.</summary>
internal sealed class MeasuringJob(IServiceScopeFactory scopes, IEnumerable<Measurement> measurements, IMeterFactory meters, ILogger<MeasuringJob> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Metric, Gauge<double>> gauges = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isFirst = true;
        using var timer = new PeriodicTimer(Interval);
        await Polling.EachAsync(async ct => (isFirst && !(isFirst = false)) || await timer.WaitForNextTickAsync(ct), "Measuring", RunOnceAsync, logger, stoppingToken);
    }

    public async Task RunOnceAsync(CancellationToken ct)
    {
        foreach (var measurement in measurements)
        {
            await using var scope = scopes.CreateAsyncScope();
            foreach (var measured in await measurement.ReadAsync(scope.ServiceProvider, ct))
                gauges.GetOrAdd(measured.Metric, static (metric, meters) => meters.Gauge(metric), meters).Record(measured.Value, measured.Attributes);
        }
    }
}
