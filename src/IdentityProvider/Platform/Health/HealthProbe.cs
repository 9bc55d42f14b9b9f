using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Platform.Health;

/// <summary>Asks all parts at once and keeps the answer for a moment: whoever asks without end costs one look in that time.</summary>
internal sealed class HealthProbe(HealthCheckService checks, ILogger<HealthProbe> logger)
{
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly Lock asking = new();
    private Task<HealthReport>? answer;
    private long answeredAt;
    private string told = "";

    public Task<HealthReport> AskAsync()
    {
        lock (asking)
        {
            if (answer is null || (answer.IsCompleted && Stopwatch.GetElapsedTime(answeredAt) >= Kept))
                answer = LookAsync();
            return answer;
        }
    }

    private async Task<HealthReport> LookAsync()
    {
        var report = await checks.CheckHealthAsync(CancellationToken.None);
        answeredAt = Stopwatch.GetTimestamp();
        Tell(report);
        return report;
    }

    /// <summary>Why a part is not healthy, in a word: what an exception says may name hosts and users.</summary>
    public static string? ReasonOf(HealthReportEntry part) => part switch
    {
        { Status: HealthStatus.Healthy } => null,
        { Exception: OperationCanceledException } => "timeout",
        { Exception: not null } => "failed",
        _ => part.Description,
    };

    /// <summary>Once when it changes, with the causes: nobody reads them in the answer.</summary>
    private void Tell(HealthReport report)
    {
        var news = string.Join(", ", report.Entries.Where(part => part.Value.Status != HealthStatus.Healthy)
            .Select(part => $"{part.Key} {HealthAnswers.Word(part.Value.Status)} ({ReasonOf(part.Value)})").Order(StringComparer.Ordinal));
        if (news == told)
            return;
        told = news;
        if (news.Length == 0)
            logger.LogInformation("Health: all parts are healthy again");
        else
            logger.LogWarning(report.Entries.Values.FirstOrDefault(part => part.Exception is not (null or OperationCanceledException)).Exception, "Health: {Parts}", news);
    }
}
