using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace IdentityProvider.SigningKeys;

/// <summary>The algorithms of RFC 7518 this server signs with, best first; each has keys of its own. EdDSA (RFC 8037) waits for .NET to have it.</summary>
internal static class SigningAlgorithms
{
    public static readonly IReadOnlyList<string> All = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256];

    public static AsymmetricAlgorithm Generate(string algorithm) => algorithm switch
    {
        SecurityAlgorithms.EcdsaSha256 => ECDsa.Create(ECCurve.NamedCurves.nistP256),

        // 2048: an eighth of the time a 4096-bit key takes for each signature, and NIST allows it past 2030.
        SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.RsaSsaPssSha256 => RSA.Create(2048),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "No such signing algorithm."),
    };

    /// <summary>Opens a PKCS#8 private key. The <c>kid</c> is the thumbprint of RFC 7638, so it names the key on every node.</summary>
    public static SigningCredentials Open(string algorithm, ReadOnlySpan<byte> pkcs8)
    {
        SecurityKey key;
        if (algorithm == SecurityAlgorithms.EcdsaSha256)
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
            key = new ECDsaSecurityKey(ecdsa);
        }
        else
        {
            var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(pkcs8, out _);
            key = new RsaSecurityKey(rsa);
        }

        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return new SigningCredentials(key, algorithm);
    }
}
