using System.Diagnostics.Metrics;

namespace IdentityProvider.Platform.Metrics;

/// <summary>
/// The meter that everything countable of this server belongs to. Instruments are named as OpenTelemetry asks,
/// <c>identityprovider.thing</c> in the singular with what is counted as the unit, and live beside what they count.
/// </summary>
internal static class ServerMeter
{
    public const string Name = "IdentityProvider";

    public static Counter<long> Counter(this IMeterFactory meters, string name, string unit, string description) =>
        meters.Create(Name).CreateCounter<long>(name, unit, description);
}
