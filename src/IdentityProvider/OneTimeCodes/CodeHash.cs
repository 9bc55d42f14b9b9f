using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform.Secrets;

namespace IdentityProvider.OneTimeCodes;

/// <summary>Eight digits, and the keyed hash of them: bound to purpose and row, so that equal codes do not look equal.</summary>
internal sealed class CodeHash(MasterKey master)
{
    private readonly byte[] key = master.Derive("one-time-code"), ownerKey = master.Derive("one-time-code-owner");

    public static string Create() => RandomNumberGenerator.GetInt32(100_000_000).ToString("D8", System.Globalization.CultureInfo.InvariantCulture);

    public string Of(string purpose, Guid id, string code) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose}\n{id:N}\n{code}")));

    public bool Matches(OneTimeCode row, string code) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Of(row.Purpose, row.Id, code)), Encoding.ASCII.GetBytes(row.CodeHash));

    /// <summary>Stands for an owner who is no account, such as an address nobody registered: the table must not list them.</summary>
    public string OwnerOf(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(ownerKey, Encoding.UTF8.GetBytes(text)));

    /// <summary>The digits of what was typed or pasted: "1234 5678", "1234-5678", full-width digits. Null when it cannot be a code.</summary>
    public static string? Read(string? typed)
    {
        if (typed is not { Length: > 0 and < 50 })
            return null;
        var digits = new StringBuilder(8);
        foreach (var rune in typed.EnumerateRunes())
        {
            if (Rune.IsDigit(rune))
                digits.Append((int)Rune.GetNumericValue(rune));
            else if (!Rune.IsWhiteSpace(rune) && rune.Value is not '-')
                return null;
        }

        return digits.Length == 8 ? digits.ToString() : null;
    }
}
