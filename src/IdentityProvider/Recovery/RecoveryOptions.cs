using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Recovery;

/// <summary>How people who forgot their password get a new one. Needs a mail server; without one nothing is offered.</summary>
public sealed class RecoveryOptions
{
    /// <summary>Whether it is offered at all (default true).</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long a mailed link and code are good, <c>hh:mm:ss</c> (5 minutes to 1 day; 30 minutes).</summary>
    [Range(typeof(TimeSpan), "00:05:00", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(30);
}
