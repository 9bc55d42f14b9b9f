using System.Security.Cryptography;
using System.Text;

namespace IdentityProvider.Platform.Secrets;

/// <summary>
/// Encrypts what must not lie in clear in the database (AES-256-GCM): private signing keys, the Data Protection ring,
/// TOTP secrets. In the database it lies only sealed under the root key of the deployment (<see cref="RootKey"/>), which is not there: a
/// stolen dump signs nothing.
/// </summary>
internal sealed class MasterKey
{
    public const int Size = 32;
    private const int NonceSize = 12, TagSize = 16;
    private readonly Lazy<byte[]> opened;

    /// <param name="open">Opens it at first use. What fails is tried again at the next.</param>
    public MasterKey(Func<byte[]> open) => opened = new(open, LazyThreadSafetyMode.PublicationOnly);

    public MasterKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Size)
            throw new ArgumentException("The master key is 32 bytes.", nameof(key));
        var copy = key.ToArray();
        opened = new(() => copy);
    }

    private byte[] Key => opened.Value;

    /// <summary>Opens it now, so that a wrong root key stops the start and not a request.</summary>
    public void Open() => _ = Key;

    /// <summary>A key for one purpose (HKDF, RFC 5869), so that no two purposes share one.</summary>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, Key, 32, info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>Encrypts for one purpose: a value moved to another place does not open.</summary>
    public string Protect(ReadOnlySpan<byte> plaintext, string purpose)
    {
        var output = new byte[NonceSize + plaintext.Length + TagSize];
        var nonce = output.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(Derive(purpose), TagSize);
        aes.Encrypt(nonce, plaintext, output.AsSpan(NonceSize, plaintext.Length), output.AsSpan(NonceSize + plaintext.Length));
        return Convert.ToBase64String(output);
    }

    /// <exception cref="CryptographicException">The value was made with another master key or changed since.</exception>
    public byte[] Unprotect(string protectedText, string purpose)
    {
        var input = Convert.FromBase64String(protectedText);
        if (input.Length < NonceSize + TagSize)
            throw new CryptographicException("The protected value is too short.");
        var plaintext = new byte[input.Length - NonceSize - TagSize];
        using var aes = new AesGcm(Derive(purpose), TagSize);
        aes.Decrypt(input.AsSpan(0, NonceSize), input.AsSpan(NonceSize, plaintext.Length), input.AsSpan(input.Length - TagSize), plaintext);
        return plaintext;
    }
}
