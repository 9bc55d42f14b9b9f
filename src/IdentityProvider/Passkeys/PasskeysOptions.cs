using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Passkeys;

/// <summary>Passkeys (WebAuthn). Nothing has to be set where people come to the issuer's own host.</summary>
public sealed class PasskeysOptions
{
    /// <summary>
    /// The relying party id (WebAuthn Level 3): the issuer's host unless set, or a domain above it, such as example.com for
    /// https://id.example.com. Passkeys are bound to it for good: after a change all of them have to be registered anew.
    /// </summary>
    [StringLength(253, MinimumLength = 1)]
    public string? RelyingPartyId { get; set; }

    /// <summary>
    /// Origins that may use passkeys besides the issuer's own (at most 20), such as https://login.example.com, or
    /// android:apk-key-hash:... of an app. The request's own headers are never asked.
    /// </summary>
    [MaxLength(20)]
    public IList<string> Origins { get; } = [];

    /// <summary>
    /// Offer a passkey after a sign-in by password (default true): on devices that can keep one, to people who have none, at most
    /// every 14 days, and never again to those who say so.
    /// </summary>
    public bool OfferAfterPassword { get; set; } = true;

    /// <summary>Which authenticators may be registered.</summary>
    [Required, ValidateObjectMembers]
    public PasskeyAttestationOptions Attestation { get; set; } = new();
}
