using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.EmailSignIn;

/// <summary>For which clients people may sign in with a mailed link or code instead of a password.</summary>
public enum EmailSignInMode
{
    /// <summary>For none: whoever reads the mailbox would be in.</summary>
    Off,

    /// <summary>For those that are listed.</summary>
    Clients,

    /// <summary>For all, and for the account portal.</summary>
    All,
}

/// <summary>Signing in with a mailed link or code. Needs a mail server; the second factor is asked for all the same.</summary>
public sealed class EmailSignInOptions
{
    /// <summary>For whom: <c>Off</c> (default), <c>Clients</c> or <c>All</c>.</summary>
    [EnumDataType(typeof(EmailSignInMode))]
    public EmailSignInMode Mode { get; set; } = EmailSignInMode.Off;

    /// <summary>With <c>Clients</c>: their client ids (at most 100).</summary>
    [MaxLength(100)]
    public IList<string> Clients { get; } = [];

    /// <summary>How long a mailed link and code are good, <c>hh:mm:ss</c> (one minute to one hour; 10 minutes).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(10);
}
