using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using IdentityProvider.Platform.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Platform.Events;

/// <summary>
/// Writes one structured line per event, each fact a field of it, and counts it by name and reason. Who is in it is there as an id: a name or an address
/// is in no event.
/// </summary>
internal sealed class EventLines(ILogger<EventLog> logger, IMeterFactory meters, IHttpContextAccessor http)
{
    public static readonly Metric Events = new(MetricKind.Counter, EventLog.Instrument, "{event}", "Security events, each of [these](../reference/events.md).",
        new("event", "its name"), new("reason", "why, where the event says so in a word"));

    public static readonly Metric LostRecords = new(MetricKind.Counter, "identityprovider.audit.lost", "{record}", "Audit records that found no room in the queue. The events are in the log.");

    private readonly Counter<long> count = meters.Counter(Events), lost = meters.Counter(LostRecords);
    private readonly ConcurrentDictionary<Metric, Counter<long>> tallies = new();

    public void Write(IEvent news)
    {
        // Name and reason only: ids would make a time series of every person.
        var tags = new TagList { { "event", news.Name } };
        if (!news.HasWrittenReason && news.Facts.FirstOrDefault(fact => fact.Key == "reason") is { Value: { } reason })
            tags.Add("reason", reason);
        count.Add(1, tags);
        if (news.Tally is { } tally)
            tallies.GetOrAdd(tally.Metric, static (metric, meters) => meters.Counter(metric), meters).Add(1, tally.Attributes);
        if (logger.IsEnabled(LogLevel.Information))
            logger.Log(LogLevel.Information, new EventId(0, news.Name), FieldsOf(news), null, static (fields, _) => string.Join(' ', fields.Select(field => field.Key == "event" ? field.Value : $"{field.Key}={field.Value}")));
    }

    public void Lost() => lost.Add(1);

    private List<KeyValuePair<string, object?>> FieldsOf(IEvent news)
    {
        List<KeyValuePair<string, object?>> fields = [new("event", news.Name), new("result", news.Result.ToString().ToLowerInvariant())];
        foreach (var (name, value) in news.Facts)
            if (!(news.HasWrittenReason && name == "reason"))
                fields.Add(new(name, Safe(value)));
        if (http.HttpContext?.Items["error_id"] is string id && !fields.Exists(field => field.Key == "error_id"))
            fields.Add(new("error_id", id));
        return fields;
    }

    /// <summary>One line stays one line: whatever a user sent cannot forge a second one.</summary>
    private static string Safe(object? value)
    {
        var text = value is DateTimeOffset time ? time.ToString("u", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "-";
        return string.Concat(text.Take(200).Select(c => char.IsControl(c) ? '?' : c));
    }
}
