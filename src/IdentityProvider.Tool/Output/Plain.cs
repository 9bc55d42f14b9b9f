using System.Globalization;
using System.Text;

namespace IdentityProvider.Tool.Output;

/// <summary>
/// Makes text of the server fit for a terminal. A name with an escape sequence could move the cursor, rename the window or answer for
/// the person; one that changes the direction of writing shows another text than there is. Both are shown as their code points.
/// </summary>
internal static class Plain
{
    /// <summary>On one line.</summary>
    public static string Text(string text) => Shown(text, '\0');

    /// <summary>With its line breaks.</summary>
    public static string Lines(string text) => Shown(text, '\n');

    private static string Shown(string text, char kept)
    {
        if (!text.Any(IsHostile))
            return text;
        var shown = new StringBuilder(text.Length);
        foreach (var c in text)
            if (IsHostile(c) && c != kept)
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                shown.Append(c);
        return shown.ToString();
    }

    private static bool IsHostile(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
