using System.Buffers;
using System.Security.Cryptography;
using IdentityProvider.Platform.Secrets;

namespace IdentityProvider.ApiKeys;

/// <summary>
/// How a key looks: <c>sk_live_</c> or <c>sk_test_</c> and 64 hexadecimal digits, so that scanners for leaked secrets know one, and nobody
/// takes a key of a test server for one that matters.
/// </summary>
internal static class ApiKeySecret
{
    public const string Live = "sk_live_", Test = "sk_test_";
    private const int Digits = 64;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    public static string Create(bool isLive) => (isLive ? Live : Test) + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Digits / 2));

    public static bool IsOne(string? text) =>
        text is not null && text.Length == Live.Length + Digits
        && (text.StartsWith(Live, StringComparison.Ordinal) || text.StartsWith(Test, StringComparison.Ordinal))
        && !text.AsSpan(Live.Length).ContainsAnyExcept(Hexadecimal);

    public static string Hash(string secret) => Handle.Hash(secret);

    /// <summary>Enough to tell one's keys apart, nothing to guess with.</summary>
    public static string Shown(string secret) => $"{secret[..Live.Length]}…{secret[^4..]}";
}
