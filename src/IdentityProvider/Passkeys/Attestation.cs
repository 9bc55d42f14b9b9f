using System.Collections.Frozen;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Passkeys;

/// <summary>Looks at how an authenticator says what it is (WebAuthn Level 3 section 6.5), and whether that make may be registered here.</summary>
internal sealed class Attestation(IOptions<PasskeysOptions> options, TimeProvider clock)
{
    /// <summary>An empty map in CBOR.</summary>
    private const byte Nothing = 0xA0;

    /// <summary>Of the IANA registry of WebAuthn attestation statement formats. They match by case.</summary>
    private static readonly FrozenSet<string> Formats = FrozenSet.Create("packed", "tpm", "android-key", "android-safetynet", "fido-u2f", "apple", "compound");

    private readonly PasskeyAttestationOptions settings = options.Value.Attestation;
    private readonly Lazy<X509Certificate2Collection> roots = new(() => Load(options.Value.Attestation.Roots));

    /// <summary>What browsers are told: people are not asked to give away the make of their device where nobody looks at it.</summary>
    public string Conveyance => settings.Required ? "direct" : "none";

    /// <summary>
    /// Where no proof is asked for, none is fine, and what an authenticator states all the same counts for nothing and is not
    /// verified; what is no statement of a known kind is refused. Where one is asked for, only a packed one that leads to a
    /// configured root will do: one that the key made for itself proves nothing (CVE-2026-6856 of another product).
    /// </summary>
    public ValueTask<bool> IsGood(PasskeyAttestationStatementVerificationContext context)
    {
        var made = AttestedData.Read(context.AttestationObject);
        if (settings.Required)
            return ValueTask.FromResult(made.Format == "packed" && PackedStatement.Read(made.Statement).IsProof(made, context.ClientDataHash.Span, roots.Value, clock.GetUtcNow()));
        return ValueTask.FromResult(made.Format == "none" ? made.Statement is [Nothing] : Formats.Contains(made.Format));
    }

    /// <summary>By the lists of makes. Without <see cref="PasskeyAttestationOptions.Required"/> the make is what the browser claims.</summary>
    public bool IsAllowed(Guid aaguid) =>
        !settings.DeniedAaguids.Contains(aaguid) && (settings.AllowedAaguids.Count == 0 || settings.AllowedAaguids.Contains(aaguid));

    public static X509Certificate2Collection Load(IEnumerable<string> files)
    {
        var certificates = new X509Certificate2Collection();
        foreach (var file in files)
            certificates.ImportFromPemFile(file);
        return certificates;
    }
}
