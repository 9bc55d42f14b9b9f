using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using IdentityProvider.Platform.Metrics;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Platform.Events;

/// <summary>Writes one structured line per event, and counts it by name and reason.</summary>
internal sealed class EventLines(ILogger<EventLog> logger, IMeterFactory meters)
{
    private readonly Counter<long> count = meters.Counter(EventLog.Instrument, "{event}", "Security events, by event and reason.");
    private readonly Counter<long> lost = meters.Counter("identityprovider.audit.lost", "{record}", "Audit records that found no room in the queue. The events are in the log.");

    public void Write(IEvent news)
    {
        // Name and reason only: ids would make a time series of every person.
        var tags = new TagList { { "event", news.Name } };
        if (news.Facts.FirstOrDefault(fact => fact.Key == "reason") is { Value: { } reason })
            tags.Add("reason", reason);
        count.Add(1, tags);
        if (!logger.IsEnabled(LogLevel.Information))
            return;
        using (logger.BeginScope(news.Facts))
            logger.LogInformation(new EventId(0, news.Name), "{Event} {Facts}", news.Name, string.Join(' ', news.Facts.Select(f => $"{f.Key}={Safe(f.Value)}")));
    }

    public void Lost() => lost.Add(1);

    /// <summary>One line stays one line: whatever a user sent cannot forge a second one.</summary>
    private static string Safe(object? value)
    {
        var text = value is DateTimeOffset time ? time.ToString("u", CultureInfo.InvariantCulture) : value?.ToString() ?? "-";
        return string.Concat(text.Take(200).Select(c => char.IsControl(c) ? '?' : c));
    }
}
