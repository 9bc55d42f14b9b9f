using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IdentityProvider.Platform.Secrets;

/// <summary>What the deployment holds outside the database and opens the <see cref="MasterKey"/> in it with: 32 secret bytes, or a certificate.</summary>
internal sealed class RootKey
{
    private const string Purpose = "master-key";
    private readonly byte[]? secret;
    private readonly RSA? rsa;

    private RootKey(string id, byte[]? secret, RSA? rsa) => (Id, this.secret, this.rsa) = (id, secret, rsa);

    /// <summary>Names it beside what it sealed, and says nothing of it.</summary>
    public string Id { get; }

    public static RootKey OfSecret(byte[] secret) => new(Convert.ToHexStringLower(new MasterKey(secret).Derive("root-key-id")), secret, null);

    /// <summary>RSA of 2048 bits or more, with its private key (RSA-OAEP, SHA-256).</summary>
    /// <exception cref="CryptographicException">Another kind of key, a short one, or none that is private.</exception>
    public static RootKey OfCertificate(X509Certificate2 certificate)
    {
        if (certificate.GetRSAPrivateKey() is not { KeySize: >= 2048 } key)
            throw new CryptographicException("The certificate has no private RSA key of 2048 bits or more.");
        return new(Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())), null, key);
    }

    public string Seal(byte[] key) => secret is not null
        ? new MasterKey(secret).Protect(key, Purpose)
        : Convert.ToBase64String(rsa!.Encrypt(key, RSAEncryptionPadding.OaepSHA256));

    /// <exception cref="CryptographicException">It was changed since.</exception>
    public byte[] Open(string sealedKey) => secret is not null
        ? new MasterKey(secret).Unprotect(sealedKey, Purpose)
        : rsa!.Decrypt(Convert.FromBase64String(sealedKey), RSAEncryptionPadding.OaepSHA256);

    /// <summary>Databases from before there was a sealed key are encrypted with the 32 bytes themselves.</summary>
    public byte[]? AsMasterKey => secret;
}
