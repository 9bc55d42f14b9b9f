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

    /// <summary>
    /// A refresh token sent again within this time of its first use gets the same successor: the answer was lost, or two tabs asked at
    /// once (0 to 60 seconds; default 10 seconds). After it the whole family ends (RFC 9700 section 4.14).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RefreshTokenGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long this node may go on taking an access token that was revoked on another one, at UserInfo, introspection and its own API
    /// (0 to 1 second; default 0.5 seconds). What was revoked is read once in this time, however many requests come; 0 reads it for each.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan RevocationsSeenWithin { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Families of refresh tokens alive for one person and one client, one for each sign-in that asked for <c>offline_access</c> (1 to 1,000;
    /// default 50). The oldest ends when another begins.
    /// </summary>
    [Range(1, 1000)]
    public int RefreshTokenFamiliesPerUserAndClient { get; set; } = 50;

    /// <summary>A family of refresh tokens ends after this long, however often it was rotated (1 hour to 730 days; default 90 days).</summary>
    [Range(typeof(TimeSpan), "01:00:00", "730.00:00:00")]
    public TimeSpan RefreshTokenAbsoluteLifetime { get; set; } = TimeSpan.FromDays(90);
}
