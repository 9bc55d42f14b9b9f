using System.Text;

namespace IdentityProvider.Users;

/// <summary>The form in which people are found by the beginning of a name: case and ways to type do not count.</summary>
internal static class SearchText
{
    public const int MaxLength = 200;

    public static string? Of(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        var cut = new StringBuilder();
        foreach (var rune in TypedText.Normalize(text).Trim().ToUpperInvariant().EnumerateRunes())
        {
            // A name that is as long as this is found by its beginning all the same, and half a character is in no database.
            if (cut.Length + rune.Utf16SequenceLength > MaxLength)
                break;
            cut.Append(rune.ToString());
        }

        return cut.ToString();
    }
}
