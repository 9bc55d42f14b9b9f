using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Audit;

/// <summary>How the audit proves itself.</summary>
public sealed class AuditOptions
{
    /// <summary>After so many records a signed checkpoint is kept for good and written to the log (10 to 100000).</summary>
    [Range(10, 100_000)]
    public int CheckpointEvery { get; set; } = 1000;

    /// <summary>After so long one is kept in any case, when something was recorded (one minute to one day).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromHours(1);
}
