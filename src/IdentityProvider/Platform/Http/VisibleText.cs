using System.Globalization;
using System.Text;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// Text of strangers so that all of it is seen: what a browser acts on without showing it (line ends, marks that turn the direction, joiners) is
/// written as its number. For places where it counts what somebody sent, not how it was meant to look.
/// </summary>
internal static class VisibleText
{
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text) || !text.EnumerateRunes().Any(IsHidden))
            return text ?? "";
        var shown = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            if (IsHidden(rune))
                shown.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩");
            else
                shown.Append(rune.ToString());
        return shown.ToString();
    }

    private static bool IsHidden(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
