using System.Formats.Cbor;

namespace IdentityProvider.Passkeys;

/// <summary>
/// A public key as authenticators write it (RFC 9052 section 7). The framework takes any of its algorithms with any kind of key,
/// and would find out at the first sign-in; a key that can prove nothing must not be registered.
/// </summary>
internal static class CoseKey
{
    private const int Kty = 1, Alg = 3, Crv = -1, Modulus = -1, EllipticCurve = 2, Rsa = 3;

    /// <summary>NIST SP 800-131A: shorter ones are no proof any more.</summary>
    private const int MinRsaBytes = 2048 / 8;

    /// <summary>Do the kind of key, its curve or size, and its algorithm (RFC 9053, RFC 8812) belong together? The bytes were parsed before.</summary>
    public static bool IsSound(byte[] key)
    {
        var numbers = new Dictionary<int, int>();
        var modulus = 0;
        var reader = new CborReader(key, CborConformanceMode.Lax);
        for (var left = reader.ReadStartMap() ?? 0; left > 0; left--)
        {
            var label = reader.ReadInt32();
            if (reader.PeekState() is CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger)
                numbers[label] = reader.ReadInt32();
            else if (label == Modulus)
                modulus = reader.ReadByteString().AsSpan().TrimStart((byte)0).Length;
            else
                reader.SkipValue();
        }

        return numbers.GetValueOrDefault(Alg) switch
        {
            -7 => numbers[Kty] == EllipticCurve && numbers.GetValueOrDefault(Crv) == 1,
            -35 => numbers[Kty] == EllipticCurve && numbers.GetValueOrDefault(Crv) == 2,
            -36 => numbers[Kty] == EllipticCurve && numbers.GetValueOrDefault(Crv) == 3,
            <= -37 and >= -39 or <= -257 and >= -259 => numbers[Kty] == Rsa && modulus >= MinRsaBytes,
            _ => false,
        };
    }
}
