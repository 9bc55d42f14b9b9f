using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Sessions;

/// <summary>How long a person stays signed in.</summary>
public sealed class SessionsOptions
{
    /// <summary>A session not used for this long is over (1 minute to 1 day; default 1 hour).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A session is over after this long whatever happens (5 minutes to 30 days; default 12 hours).</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan AbsoluteLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Days a session lives when "Stay signed in" was ticked (0 to 90; default 14; 0 takes the choice off the page).</summary>
    [Range(0, 90)]
    public int StaySignedInDays { get; set; } = 14;

    /// <summary>
    /// Days for which people may have a device trusted: with the password alone it is not asked for the second factor (0 to 90; default
    /// 0, off). It never answers a request for <c>mfa</c> or <c>phr</c>, or for a fresh sign-in.
    /// </summary>
    [Range(0, 90)]
    public int TrustDevicesForDays { get; set; }

    /// <summary>
    /// How long an administrator with the permission <c>users:impersonate</c> may act for somebody (0 to 1 hour; default 0, nobody may).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ImpersonationLifetime { get; set; }

    /// <summary>Sessions one person may have; the one unused for longest ends when another starts (1 to 1,000; default 100).</summary>
    [Range(1, 1000)]
    public int MaxPerUser { get; set; } = 100;
}
