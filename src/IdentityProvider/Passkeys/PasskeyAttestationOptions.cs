using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Passkeys;

/// <summary>Which authenticators may be registered, for those who hand them out.</summary>
public sealed class PasskeyAttestationOptions
{
    /// <summary>
    /// Only authenticators that prove their make (default false): by a packed attestation that leads to one of
    /// <see cref="Roots"/>. Synced passkeys cannot, so people need security keys or devices of your own. Passkeys that are
    /// registered already stay.
    /// </summary>
    public bool Required { get; set; }

    /// <summary>Files with certificates in PEM that vouch for authenticators: the roots of their makers (at most 100).</summary>
    [MaxLength(100)]
    public IList<string> Roots { get; } = [];

    /// <summary>AAGUIDs that may be registered (at most 1,000); all if none is listed. Without <see cref="Required"/> it is the browser's word only.</summary>
    [MaxLength(1000)]
    public IList<Guid> AllowedAaguids { get; } = [];

    /// <summary>AAGUIDs that may not be registered (at most 1,000).</summary>
    [MaxLength(1000)]
    public IList<Guid> DeniedAaguids { get; } = [];
}
