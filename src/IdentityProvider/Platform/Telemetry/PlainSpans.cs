using System.Collections.Frozen;
using System.Diagnostics;
using OpenTelemetry;

namespace IdentityProvider.Platform.Telemetry;

/// <summary>
/// Leaves in a span what is on this list and nothing else. Queries of an authorization server hold codes, states and names, paths hold ids, and what the
/// instrumentation will add next is not known: what nobody thought of stays here.
/// </summary>
internal sealed class PlainSpans : BaseProcessor<Activity>
{
    private static readonly FrozenSet<string> Kept = new[]
    {
        "http.request.method", "http.response.status_code", "http.route", "url.scheme", "network.protocol.version", "error.type", "db.system.name", "db.operation.name",
    }.ToFrozenSet(StringComparer.Ordinal);

    public override void OnEnd(Activity data)
    {
        foreach (var (name, _) in data.TagObjects.Where(tag => !Kept.Contains(tag.Key)).ToList())
            data.SetTag(name, null);

        // Sent along by whoever called, and of any length.
        data.TraceStateString = null;
    }
}
