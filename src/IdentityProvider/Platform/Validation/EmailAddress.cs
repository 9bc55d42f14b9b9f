using System.Globalization;
using System.Text;

namespace IdentityProvider.Platform.Validation;

/// <summary>
/// What passes for an e-mail address: dot-atoms of RFC 5321 with the letters of RFC 6531, no quotes, no comments, no lists. Half of
/// what RFC 5322 allows beyond that has been used to smuggle a second recipient or a header into a mail.
/// </summary>
internal static class EmailAddress
{
    public const int MaxLength = 254;
    private const int MaxLocalLength = 64;
    private const string Symbols = "!#$%&'*+-/=?^_`{|}~";
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true, AllowUnassigned = false };

    public static bool IsValid(string? address)
    {
        if (address is not { Length: > 0 and <= MaxLength } || address.Split('@') is not [var local, var domain])
            return false;

        // In the form it is stored and compared in, it has to be one address too, and no longer: a full-width @ is one more.
        return Encoding.UTF8.GetByteCount(local) <= MaxLocalLength && local.Split('.').All(IsAtom) && AsciiDomain(domain) is { } ascii
            && local.Normalize(NormalizationForm.FormKC) is var compared && !compared.Contains('@', StringComparison.Ordinal) && compared.Length + 1 + ascii.Length <= MaxLength;
    }

    /// <summary>The domain as DNS knows it (RFC 5891); null when it cannot be one.</summary>
    public static string? AsciiDomain(string domain)
    {
        try
        {
            return domain.Length > 0 && Idn.GetAscii(domain) is { Length: <= 253 } ascii && ascii.Contains('.', StringComparison.Ordinal) && !ascii.EndsWith('.') ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Latin letters beside those of an alphabet that looks like it, in one name: nobody writes like that who does not want to be
    /// taken for somebody else (Unicode TS 39 section 5). Nor are capitals of such an alphabet taken: they look like other letters than the small
    /// ones that addresses are compared by.
    /// </summary>
    public static bool IsDisguised(string address) => address.Split('@', '.').Any(part =>
    {
        var letters = part.EnumerateRunes().Where(Rune.IsLetter).ToList();
        return letters.Exists(letter => IsLikeLatin(letter) && Rune.IsUpper(letter)) || (letters.Exists(IsLatin) && letters.Exists(IsLikeLatin));
    });

    private static bool IsAtom(string atom) => atom.Length > 0 && atom.EnumerateRunes().All(rune => rune.IsAscii
        ? Rune.IsLetterOrDigit(rune) || Symbols.Contains((char)rune.Value, StringComparison.Ordinal)
        : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);

    private static bool IsLatin(Rune rune) => rune.Value is < 0x250 or (>= 0x1E00 and < 0x1F00);

    /// <summary>Greek, Cyrillic, Armenian, Cherokee.</summary>
    private static bool IsLikeLatin(Rune rune) => rune.Value is (>= 0x370 and < 0x590) or (>= 0x13A0 and < 0x1400) or (>= 0x1C80 and < 0x1C90)
        or (>= 0x1F00 and < 0x2000) or (>= 0x2DE0 and < 0x2E00) or (>= 0xA640 and < 0xA6A0) or (>= 0xAB70 and < 0xABC0);
}
