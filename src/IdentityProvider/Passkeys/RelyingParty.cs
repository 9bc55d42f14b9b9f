using System.Collections.Frozen;
using IdentityProvider.Platform;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Passkeys;

/// <summary>
/// Who we are towards authenticators. From the configuration alone: a Host or Origin header is the attacker's to choose, and a
/// check against it lets any site pass that sends a header of its own.
/// </summary>
internal sealed class RelyingParty(IOptions<PasskeysOptions> options, IOptions<IdentityProviderOptions> root, Attestation attestation)
{
    private readonly FrozenSet<string> origins = options.Value.Origins.Append(OriginOf(root.Value.IssuerUri)).ToFrozenSet(StringComparer.Ordinal);

    public string Id { get; } = options.Value.RelyingPartyId ?? root.Value.IssuerUri.IdnHost;
    public string Name { get; } = root.Value.ProductName;

    /// <summary>An origin as browsers write it: ASCII, no default port, no slash.</summary>
    public static string OriginOf(Uri uri) => $"{uri.Scheme}://{(uri.IsDefaultPort ? uri.IdnHost : $"{uri.IdnHost}:{uri.Port}")}";

    public IOptions<IdentityPasskeyOptions> Demands(Purpose purpose) => Options.Create(new IdentityPasskeyOptions
    {
        ServerDomain = Id,
        AuthenticatorTimeout = Challenges.Lifetime,

        // Without a password the passkey has to be two factors by itself: the device, and whoever unlocks it.
        UserVerificationRequirement = purpose is Purpose.SignIn or Purpose.VerifiedFactor ? "required" : "preferred",
        ResidentKeyRequirement = "preferred",

        AttestationConveyancePreference = attestation.Conveyance,
        VerifyAttestationStatement = attestation.IsGood,

        // A page of ours inside a frame of another site is not us, whatever the frame shows (WebAuthn Level 3 section 13.4.9).
        ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && context.TopOrigin is null && origins.Contains(context.Origin)),
    });
}
