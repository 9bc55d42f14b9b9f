using System.Formats.Asn1;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IdentityProvider.Passkeys;

/// <summary>A packed attestation statement (WebAuthn Level 3 section 8.2): a signature by a certificate of the maker.</summary>
internal sealed record PackedStatement(int Algorithm, byte[] Signature, IReadOnlyList<byte[]> Chain)
{
    private const int MaxCertificates = 10;
    private const string AaguidExtension = "1.3.6.1.4.1.45724.1.1.4", Unit = "Authenticator Attestation";

    public static PackedStatement Read(byte[] statement)
    {
        var (algorithm, signature, chain) = (0, Array.Empty<byte>(), new List<byte[]>());
        var reader = new CborReader(statement);
        for (var left = reader.ReadStartMap() ?? 0; left > 0; left--)
        {
            switch (reader.ReadTextString())
            {
                case "alg":
                    algorithm = reader.ReadInt32();
                    break;
                case "sig":
                    signature = reader.ReadByteString();
                    break;
                case "x5c":
                    for (var certificates = Math.Min(reader.ReadStartArray() ?? 0, MaxCertificates + 1); certificates > 0; certificates--)
                        chain.Add(reader.ReadByteString());
                    reader.ReadEndArray();
                    break;
                default:
                    reader.SkipValue();
                    break;
            }
        }

        return new PackedStatement(algorithm, signature, chain);
    }

    /// <summary>Does one of the roots vouch, through the certificates, for these very data?</summary>
    public bool IsProof(AttestedData made, ReadOnlySpan<byte> clientDataHash, X509Certificate2Collection roots, DateTimeOffset now)
    {
        if (Chain.Count is 0 or > MaxCertificates)
            return false;
        var certificates = new X509Certificate2Collection();
        try
        {
            foreach (var certificate in Chain)
                certificates.Add(X509CertificateLoader.LoadCertificate(certificate));
            var leaf = certificates[0];
            return IsSigned(leaf, [.. made.AuthenticatorData, .. clientDataHash]) && IsForAttestation(leaf) && Names(leaf, made.Aaguid) && LeadsTo(roots, certificates, now);
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            foreach (var certificate in certificates)
                certificate.Dispose();
        }
    }

    private bool IsSigned(X509Certificate2 leaf, byte[] signed)
    {
        using var elliptic = leaf.GetECDsaPublicKey();
        using var rsa = leaf.GetRSAPublicKey();
        return Algorithm switch
        {
            -7 => elliptic?.VerifyData(signed, Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence) == true,
            -35 => elliptic?.VerifyData(signed, Signature, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence) == true,
            -36 => elliptic?.VerifyData(signed, Signature, HashAlgorithmName.SHA512, DSASignatureFormat.Rfc3279DerSequence) == true,
            -257 => rsa?.VerifyData(signed, Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) == true,
            _ => false,
        };
    }

    /// <summary>Section 8.2.1: version 3, a subject of country, organisation, name and the fixed unit, and no authority itself.</summary>
    private static bool IsForAttestation(X509Certificate2 leaf)
    {
        var subject = leaf.SubjectName.EnumerateRelativeDistinguishedNames().Where(part => !part.HasMultipleElements)
            .ToLookup(part => part.GetSingleElementType().Value, part => part.GetSingleElementValue());
        return leaf.Version == 3
            && subject["2.5.4.6"].SingleOrDefault() is { Length: 2 } && subject["2.5.4.10"].Any(o => o is { Length: > 0 }) && subject["2.5.4.3"].Any(n => n is { Length: > 0 })
            && subject["2.5.4.11"].Contains(Unit)
            && leaf.Extensions.OfType<X509BasicConstraintsExtension>().SingleOrDefault() is { CertificateAuthority: false };
    }

    /// <summary>A certificate for one make vouches for that one only.</summary>
    private static bool Names(X509Certificate2 leaf, Guid aaguid)
    {
        if (leaf.Extensions.FirstOrDefault(e => e.Oid?.Value == AaguidExtension) is not { } extension)
            return true;
        try
        {
            return !extension.Critical && AsnDecoder.ReadOctetString(extension.RawData, AsnEncodingRules.DER, out var read).AsSpan().SequenceEqual(aaguid.ToByteArray(bigEndian: true)) && read == extension.RawData.Length;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool LeadsTo(X509Certificate2Collection roots, X509Certificate2Collection certificates, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ExtraStore.AddRange(certificates);
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;

        // A certificate names addresses; whoever sends it must not make us fetch them.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificates[0]);
    }
}
