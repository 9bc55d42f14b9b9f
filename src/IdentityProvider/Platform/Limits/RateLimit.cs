using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Platform.Limits;

/// <summary>So many permits in any window of this length, counted over all nodes.</summary>
public sealed class RateLimit
{
    /// <summary>Needed to bind from configuration.</summary>
    public RateLimit()
    {
    }

    internal RateLimit(int permits, TimeSpan window) => (Permits, Window) = (permits, window);

    /// <summary>How many are let through in one window (1 to 1,000,000).</summary>
    [Range(1, 1_000_000)]
    public int Permits { get; set; } = 1;

    /// <summary>Length of the window, <c>[d.]hh:mm:ss</c> (one second to one day).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);
}
