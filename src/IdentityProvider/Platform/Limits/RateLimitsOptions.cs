using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Limits;

/// <summary>
/// How often a stranger may try, per key. An address is an IPv4 address or the /64 network of an IPv6 address.
/// Counters live in the database: all nodes share them.
/// </summary>
public sealed class RateLimitsOptions
{
    /// <summary>Sign-in attempts of one address, right or wrong (30 a minute).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit SignInPerAddress { get; set; } = new(30, TimeSpan.FromMinutes(1));

    /// <summary>Failed client authentications of one client from one address (60 a minute). Successful ones are not counted.</summary>
    [Required, ValidateObjectMembers]
    public RateLimit ClientAuthenticationFailures { get; set; } = new(60, TimeSpan.FromMinutes(1));

    /// <summary>User codes typed in one browser session, right or wrong (10 an hour; RFC 8628 section 5.1).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit UserCodePerSession { get; set; } = new(10, TimeSpan.FromHours(1));

    /// <summary>User codes typed from one address, right or wrong (10 an hour; RFC 8628 section 5.1).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit UserCodePerAddress { get; set; } = new(10, TimeSpan.FromHours(1));

    /// <summary>Device authorization requests of one address (20 a minute).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit DeviceAuthorization { get; set; } = new(20, TimeSpan.FromMinutes(1));

    /// <summary>Pushed authorization requests of one client from one address (100 a minute).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit PushedAuthorization { get; set; } = new(100, TimeSpan.FromMinutes(1));

    /// <summary>One-time passwords tried for one user (5 in 15 minutes). A right one clears the count.</summary>
    [Required, ValidateObjectMembers]
    public RateLimit OtpPerUser { get; set; } = new(5, TimeSpan.FromMinutes(15));

    /// <summary>Challenges for passkeys handed to one address (60 a minute). Each opening of the sign-in page takes one.</summary>
    [Required, ValidateObjectMembers]
    public RateLimit PasskeyChallengesPerAddress { get; set; } = new(60, TimeSpan.FromMinutes(1));

    /// <summary>Registrations from one address (10 an hour).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit RegistrationPerAddress { get; set; } = new(10, TimeSpan.FromHours(1));

    /// <summary>Mails that people at one address have sent, such as links to prove an address or to choose a new password (10 an hour).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit MailsPerAddress { get; set; } = new(10, TimeSpan.FromHours(1));

    /// <summary>Such mails to one e-mail address, whether or not it is known here (3 an hour).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit MailsPerRecipient { get; set; } = new(3, TimeSpan.FromHours(1));

    /// <summary>Calls of the admin API by one person or client (600 a minute).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit AdminApi { get; set; } = new(600, TimeSpan.FromMinutes(1));

    /// <summary>API keys that one person makes or replaces (60 an hour).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit ApiKeysPerUser { get; set; } = new(60, TimeSpan.FromHours(1));

    /// <summary>People for whom one administrator begins to act (20 an hour).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit ImpersonationPerAdministrator { get; set; } = new(20, TimeSpan.FromHours(1));

    /// <summary>Requests of one address to register clients or to manage those that registered themselves (60 an hour).</summary>
    [Required, ValidateObjectMembers]
    public RateLimit ClientRegistrationPerAddress { get; set; } = new(60, TimeSpan.FromHours(1));

    /// <summary>Device codes one client may have open from one address at a time (1 to 10,000; 20).</summary>
    [Range(1, 10_000)]
    public int OpenDeviceCodesPerClientAndAddress { get; set; } = 20;

    /// <summary>Device codes open at a time in all (1 to 1,000,000; 5,000).</summary>
    [Range(1, 1_000_000)]
    public int OpenDeviceCodes { get; set; } = 5_000;

    /// <summary>Unfinished sign-ins one address may have open at a time (1 to 10,000; 50).</summary>
    [Range(1, 10_000)]
    public int OpenSignInsPerAddress { get; set; } = 50;
}
