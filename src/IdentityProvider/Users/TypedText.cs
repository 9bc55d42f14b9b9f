using System.Text;

namespace IdentityProvider.Users;

/// <summary>What keyboards send: the same word may arrive as different code points, and some of them are not text at all.</summary>
internal static class TypedText
{
    private static readonly Rune NotACharacter = new(0xFFFE);

    /// <summary>
    /// Well-formed text: lone surrogates and U+FFFE, which normalisation and UTF-8 encoding throw on, become U+FFFD.
    /// </summary>
    public static string WellFormed(string text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            builder.Append((rune == NotACharacter ? Rune.ReplacementChar : rune).ToString());
        return builder.ToString();
    }

    /// <summary>Unicode normalization form KC (UAX 15): full-width letters of an input method are the letters they look like.</summary>
    public static string Normalize(string text) => WellFormed(text).Normalize(NormalizationForm.FormKC);
}
