using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace IdentityProvider.Platform.Secrets;

/// <summary>Opaque 256-bit values that travel, and the SHA-256 of them that is stored.</summary>
internal static class Handle
{
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Hash(string handle) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(handle)));

    /// <summary>Compares in constant time.</summary>
    public static bool Matches(string handle, string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(handle)), Encoding.ASCII.GetBytes(hash));
}
