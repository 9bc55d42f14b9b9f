using Microsoft.Extensions.Logging;

namespace IdentityProvider.Platform.Events;

/// <summary>Writes one structured line per event.</summary>
internal sealed class EventLog(ILogger<EventLog> logger)
{
    public void Raise(IEvent news)
    {
        if (!logger.IsEnabled(LogLevel.Information))
            return;
        using (logger.BeginScope(news.Facts))
            logger.LogInformation(new EventId(0, news.Name), "{Event} {Facts}", news.Name, string.Join(' ', news.Facts.Select(f => $"{f.Key}={Safe(f.Value)}")));
    }

    /// <summary>One line stays one line: whatever a user sent cannot forge a second one.</summary>
    private static string Safe(object? value)
    {
        var text = value?.ToString() ?? "-";
        return string.Concat(text.Take(200).Select(c => char.IsControl(c) ? '?' : c));
    }
}
