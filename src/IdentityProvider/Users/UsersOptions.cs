using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Users;

/// <summary>How new passwords are hashed. All known formats verify, whichever is chosen.</summary>
public enum PasswordAlgorithm
{
    /// <summary>Argon2id (RFC 9106) as a PHC string. The default.</summary>
    Argon2id,

    /// <summary>bcrypt over an HMAC-SHA-256 of the password, so that nothing is cut at 72 bytes.</summary>
    Bcrypt,
}

/// <summary>How passwords are kept and checked. A password hashed otherwise is hashed anew at its next sign-in.</summary>
public sealed class UsersOptions
{
    /// <summary>What new passwords are hashed with: <c>Argon2id</c> (default) or <c>Bcrypt</c>.</summary>
    [EnumDataType(typeof(PasswordAlgorithm))]
    public PasswordAlgorithm PasswordAlgorithm { get; set; } = PasswordAlgorithm.Argon2id;

    /// <summary>Memory one Argon2id hash takes, in KiB (7,168 to 262,144; 19,456).</summary>
    [Range(7_168, Argon2idHash.MaxMemoryKiB)]
    public int Argon2MemoryKiB { get; set; } = 19_456;

    /// <summary>Passes of Argon2id over that memory (1 to 20; 2).</summary>
    [Range(1, Argon2idHash.MaxPasses)]
    public int Argon2Passes { get; set; } = 2;

    /// <summary>Cost of bcrypt, a power of two of rounds (12 to 16; 12).</summary>
    [Range(12, BcryptHash.MaxCost)]
    public int BcryptCost { get; set; } = 12;

    /// <summary>Passwords hashed or checked at once (0 to 1,024; default 0: one less than there are processors, but one at least, so that other requests keep one). More wait.</summary>
    [Range(0, 1_024)]
    public int HashConcurrency { get; set; }

    /// <summary>Seconds one may wait for its turn before the answer is "busy" (0 to 60; 5).</summary>
    [Range(0, 60)]
    public int HashQueueSeconds { get; set; } = 5;

    /// <summary>What a new password must be.</summary>
    [Required, ValidateObjectMembers]
    public PasswordRulesOptions PasswordRules { get; set; } = new();

    /// <summary>When wrong passwords lock a name.</summary>
    [Required, ValidateObjectMembers]
    public LockoutOptions Lockout { get; set; } = new();
}

/// <summary>When wrong passwords lock a name, known or not.</summary>
public sealed class LockoutOptions
{
    /// <summary>Failures within the window that lock (1 to 50; 5).</summary>
    [Range(1, 50)]
    public int Failures { get; set; } = 5;

    /// <summary>How long the lock holds, <c>[d.]hh:mm:ss</c> (one second to one day; 30 minutes).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Duration { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Days a browser in which somebody has signed in keeps a count of its own, which strangers cannot use up (0 to 400; 180). 0:
    /// whoever locks a name locks its owner out too, who is left with a passkey or a password reset.
    /// </summary>
    [Range(0, 400)]
    public int KnownBrowserDays { get; set; } = 180;

    /// <summary>How long a failure counts, <c>[d.]hh:mm:ss</c> (one second to one day; 15 minutes).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(15);
}
