using System.Text.Json.Serialization;
using IdentityProvider.Platform.Shutdown;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IdentityProvider.Platform.Health;

/// <summary>
/// <c>/health/live</c>: the process answers; nothing is asked. <c>/health/ready</c>: this node can do its work, part by part. Before everything that could
/// stand between a prober and the answer: a session that cannot be looked up, a limit, the name or scheme by which a balancer calls a node.
/// </summary>
internal sealed class HealthAnswers(RequestDelegate next, HealthProbe probe, Draining draining)
{
    public const string Live = "/health/live", Ready = "/health/ready";

    public Task InvokeAsync(HttpContext http)
    {
        var path = http.Request.Path;
        if (!IsAt(path))
            return next(http);

        // A question a second is no traffic.
        if (http.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
            metrics.MetricsDisabled = true;
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD";
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return Task.CompletedTask;
        }

        return path == Live ? WriteAsync(http, StatusCodes.Status200OK, new HealthAnswer(Word(HealthStatus.Healthy))) : ReadyAsync(http);
    }

    public static bool IsAt(PathString path) => path == Live || path == Ready;

    public static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };

    private async Task ReadyAsync(HttpContext http)
    {
        if (draining.HasBegun)
        {
            await WriteAsync(http, StatusCodes.Status503ServiceUnavailable, new HealthAnswer("stopping"));
            return;
        }

        var report = await probe.AskAsync();
        var parts = new SortedDictionary<string, HealthPartAnswer>(StringComparer.Ordinal);
        foreach (var (name, part) in report.Entries)
            parts[name] = new HealthPartAnswer(Word(part.Status), Milliseconds(part.Duration), HealthProbe.ReasonOf(part));
        await WriteAsync(http, report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK,
            new HealthAnswer(Word(report.Status), Milliseconds(report.TotalDuration), parts));
    }

    private static Task WriteAsync(HttpContext http, int status, HealthAnswer answer)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsJsonAsync(answer, http.RequestAborted);
    }

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}

internal sealed record HealthAnswer(
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? DurationMs = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, HealthPartAnswer>? Parts = null);

internal sealed record HealthPartAnswer(
    string Status,
    long DurationMs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason);
