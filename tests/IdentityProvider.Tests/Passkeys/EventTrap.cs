using System.Diagnostics.Metrics;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace IdentityProvider.Tests.Passkeys;

/// <summary>Hears the events of one server by their count.</summary>
internal sealed class EventTrap(IdpHost host) : IDisposable
{
    private readonly MetricCollector<long> counts = new(host.Services.GetRequiredService<IMeterFactory>(), ServerMeter.Name, EventLog.Instrument);

    public IEnumerable<string> Names => counts.GetMeasurementSnapshot().Select(m => (string)m.Tags["event"]!);

    /// <summary>The reasons of the passkeys that were refused, oldest first.</summary>
    public IEnumerable<string> Reasons => counts.GetMeasurementSnapshot().Where(m => m.Tags["event"] is "passkeys.refused").Select(m => (string)m.Tags["reason"]!);

    public void Dispose() => counts.Dispose();
}
