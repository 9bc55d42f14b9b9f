using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Registration;

/// <summary>Who may make an account.</summary>
public enum RegistrationMode
{
    /// <summary>Nobody: accounts come from set-up documents, imports and administrators.</summary>
    Off,

    /// <summary>Who was invited by mail.</summary>
    Invitation,

    /// <summary>Everybody, or everybody at one of the given domains.</summary>
    Open,
}

/// <summary>Who has to prove an e-mail address before going on to an app.</summary>
public enum EmailProofDemand
{
    /// <summary>Nobody: an account can be used unproven, and apps see email_verified false.</summary>
    Nobody,

    /// <summary>Who made the account by themselves.</summary>
    Registered,

    /// <summary>Everybody who has an address.</summary>
    Everybody,
}

/// <summary>How people get an account by themselves.</summary>
public sealed class RegistrationOptions
{
    /// <summary>Who may: <c>Off</c> (default, because a server opens to strangers only when told to), <c>Invitation</c> or <c>Open</c>.</summary>
    [EnumDataType(typeof(RegistrationMode))]
    public RegistrationMode Mode { get; set; } = RegistrationMode.Off;

    /// <summary>With <c>Open</c>: the domains an address must be at (at most 100), such as example.com; subdomains are others. Empty: any.</summary>
    [MaxLength(100)]
    public IList<string> Domains { get; } = [];

    /// <summary>Who has to prove the address before going on: <c>Registered</c> (default), <c>Everybody</c> or <c>Nobody</c>.</summary>
    [EnumDataType(typeof(EmailProofDemand))]
    public EmailProofDemand ProofDemandedOf { get; set; } = EmailProofDemand.Registered;

    /// <summary>Seconds the form must have been open before it counts (0 to 60; 2): programs are faster than people.</summary>
    [Range(0, 60)]
    public int MinimumSeconds { get; set; } = 2;

    /// <summary>Days after which an account whose address was never proven is deleted, and the address free again (1 to 365; 7).</summary>
    [Range(1, 365)]
    public int UnprovenDays { get; set; } = 7;

    /// <summary>Days an invitation can be taken up (1 to 90; 7).</summary>
    [Range(1, 90)]
    public int InvitationDays { get; set; } = 7;
}
