using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Tokens;

/// <summary>How long tokens live where the client does not say otherwise.</summary>
public sealed class TokensOptions
{
    /// <summary>Access tokens (1 minute to 1 hour; default 15 minutes).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>ID tokens (1 minute to 1 hour; default 15 minutes).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan IdTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Authorization codes (10 seconds to 10 minutes; default 1 minute, ASVS 10.4.3).</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:10:00")]
    public TimeSpan AuthorizationCodeLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Pushed authorization requests (10 seconds to 10 minutes; default 1 minute, RFC 9126).</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:10:00")]
    public TimeSpan PushedRequestLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Device and user codes (1 to 30 minutes; default 10 minutes, RFC 8628).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "00:30:00")]
    public TimeSpan DeviceCodeLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A refresh token not used for this long is dead (5 minutes to 365 days; default 7 days).</summary>
    [Range(typeof(TimeSpan), "00:05:00", "365.00:00:00")]
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>A family of refresh tokens ends after this long, however often it was rotated (1 hour to 730 days; default 90 days).</summary>
    [Range(typeof(TimeSpan), "01:00:00", "730.00:00:00")]
    public TimeSpan RefreshTokenAbsoluteLifetime { get; set; } = TimeSpan.FromDays(90);
}
