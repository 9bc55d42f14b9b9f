using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Platform.Shutdown;

/// <summary>How this node leaves when it is told to (SIGTERM): first it says so, then it takes no more, then it ends what it began.</summary>
public sealed class ShutdownOptions
{
    /// <summary>
    /// How long it goes on as before while <c>/health/ready</c> says 503, so that whoever sends it requests hears of it (0 to 30 seconds; default 5 seconds, in
    /// Development none). Longer than the interval in which a balancer asks.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan? Delay { get; set; }

    /// <summary>
    /// How long all of it may take, <see cref="Delay"/> included (1 second to 5 minutes; default 28 seconds): requests that are not answered then are cut off. Shorter
    /// than what the system waits before it kills the process.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(28);
}
