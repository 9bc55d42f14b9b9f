using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.ApiKeys;

/// <summary>Keys that people make for their own programs.</summary>
public sealed class ApiKeysOptions
{
    /// <summary>People can make keys (on). Off: no page and no new keys; those that exist are refused.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long a key works unless its owner says otherwise (one hour to two years; 90 days).</summary>
    [Range(typeof(TimeSpan), "01:00:00", "730.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>The longest that an owner may choose (one hour to two years; 365 days).</summary>
    [Range(typeof(TimeSpan), "01:00:00", "730.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How many keys that work one person may have (1 to 1,000; 50).</summary>
    [Range(1, 1000)]
    public int MaxPerUser { get; set; } = 50;

    /// <summary>Requests a minute with one key, unless fewer were chosen for it (1 to 100,000; 600).</summary>
    [Range(1, 100_000)]
    public int RequestsPerMinute { get; set; } = 600;

    /// <summary>How long before its end the owner of a key is mailed (one hour to 90 days; 14 days).</summary>
    [Range(typeof(TimeSpan), "01:00:00", "90.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan WarnBefore { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long each use is remembered (one day to two years; 90 days).</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "730.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan UsesKeptFor { get; set; } = TimeSpan.FromDays(90);
}
