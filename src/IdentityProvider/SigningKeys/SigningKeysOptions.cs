using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.SigningKeys;

/// <summary>When signing keys change. All of them change by themselves, without a restart.</summary>
public sealed class SigningKeysOptions
{
    /// <summary>How long one key signs (1 to 400 days; default 90 days). Applies to keys made from now on.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "400.00:00:00")]
    public TimeSpan RotationInterval { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How long a key is published before it first signs (1 hour to 100 days; default 14 days; at most half of
    /// <see cref="RotationInterval"/>), so that clients which copy the key set by hand or by night have it in time.
    /// </summary>
    [Range(typeof(TimeSpan), "01:00:00", "100.00:00:00")]
    public TimeSpan PublishBefore { get; set; } = TimeSpan.FromDays(14);

    /// <summary>
    /// How long a key stays published after its last signature (1 hour to 400 days; default 30 days; at most twice
    /// <see cref="RotationInterval"/>). At least the longest lifetime of any token, refresh tokens included: a token dies with its key.
    /// </summary>
    [Range(typeof(TimeSpan), "01:00:00", "400.00:00:00")]
    public TimeSpan KeepAfter { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long clients may keep the key set document (1 minute to 1 day; default 1 hour): its Cache-Control max-age, and what
    /// a rotation on demand waits before the new key signs.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan JwksMaxAge { get; set; } = TimeSpan.FromHours(1);
}
