using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Email;

/// <summary>How mails leave. Without <c>Smtp:Host</c> none do; in Development they are written into a folder and shown at <c>/development/mails</c>.</summary>
public sealed class EmailOptions
{
    /// <summary>The address mails come from; wanted with <c>Smtp:Host</c>.</summary>
    [StringLength(254)]
    public string From { get; set; } = "";

    /// <summary>The name beside it (0 to 60 characters); without one the product's.</summary>
    [StringLength(60)]
    public string FromName { get; set; } = "";

    /// <summary>The server that takes the mails.</summary>
    [Required, ValidateObjectMembers]
    public SmtpOptions Smtp { get; set; } = new();

    /// <summary>How long a mail that cannot be delivered is tried again, <c>[d.]hh:mm:ss</c> (1 minute to 7 days; 1 day).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>In Development without SMTP: the folder for mails, relative to the working directory.</summary>
    [Required, StringLength(1000)]
    public string Folder { get; set; } = "data/mails";
}

/// <summary>How the connection to the mail server is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>STARTTLS (RFC 3207), without which no mail is sent. Port 587.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314). Port 465.</summary>
    Tls,

    /// <summary>None: for a relay on this machine, and in Development.</summary>
    None,
}

/// <summary>A mail server that takes submissions (RFC 6409).</summary>
public sealed class SmtpOptions
{
    /// <summary>Name or address of the server.</summary>
    [StringLength(253, MinimumLength = 1)]
    public string? Host { get; set; }

    /// <summary>Its port (1 to 65,535; 587).</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary>How the connection is protected: <c>StartTls</c> (default), <c>Tls</c> or <c>None</c>.</summary>
    [EnumDataType(typeof(SmtpSecurity))]
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>The name to sign in with, if the server wants one.</summary>
    [StringLength(256)]
    public string? Username { get; set; }

    /// <summary>The password for it.</summary>
    [StringLength(1000)]
    public string? Password { get; set; }

    /// <summary>A file that holds the password.</summary>
    [StringLength(1000)]
    public string? PasswordFile { get; set; }

    /// <summary>A PEM file with the authorities that the server's certificate may come from, beside or instead of those of the system.</summary>
    [StringLength(1000)]
    public string? CertificateAuthorityFile { get; set; }

    /// <summary>How long connecting and handing over one mail may take, <c>hh:mm:ss</c> (1 second to 1 minute; 30 seconds).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
