using System.Buffers.Binary;
using Microsoft.AspNetCore.Identity;

namespace IdentityProvider.Users;

/// <summary>Hashes made by ASP.NET Identity, versions 2 and 3 (PBKDF2): they verify and are replaced at the next sign-in.</summary>
internal static class IdentityHash
{
    // A hash from outside chooses its own cost: this bounds what it may ask of this server.
    private const int MaxIterations = 2_000_000;
    private const int Version2Size = 1 + 16 + 32, Version3Header = 13;
    private static readonly PasswordHasher<User> Hasher = new();
    private static readonly User Nobody = new();

    public static bool IsKnown(string hash)
    {
        Span<byte> bytes = stackalloc byte[256];
        if (hash.Length > 256 || !Convert.TryFromBase64String(hash, bytes, out var size) || size == 0)
            return false;
        return bytes[0] switch
        {
            0 => size == Version2Size,
            1 => size > Version3Header && IsVersion3(bytes[..size]),
            _ => false,
        };
    }

    public static bool Matches(string hash, string password) =>
        Hasher.VerifyHashedPassword(Nobody, hash, password) is not PasswordVerificationResult.Failed;

    // Marker, then pseudo-random function, iterations and salt size as 32-bit numbers, then salt and subkey.
    private static bool IsVersion3(ReadOnlySpan<byte> bytes)
    {
        var function = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        var iterations = BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]);
        var saltSize = BinaryPrimitives.ReadUInt32BigEndian(bytes[9..]);
        return function <= 2 && iterations is >= 1 and <= MaxIterations
            && saltSize is >= 16 and <= 128 && bytes.Length - Version3Header - saltSize >= 16;
    }
}
