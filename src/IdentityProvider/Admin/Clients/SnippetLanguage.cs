using System.Globalization;
using System.Text;

namespace IdentityProvider.Admin.Clients;

/// <summary>Languages of snippets, as far as they differ in how a text is quoted.</summary>
internal enum SnippetLanguage
{
    CSharp,
    JavaScript,
    Python,
    Go,
    Java,
    Php,
    Shell,
}

/// <summary>A text as a literal: whatever it says, it stays one, also where the code around it lies in a page or a comment.</summary>
internal static class SnippetLiterals
{
    public static string Literal(this SnippetLanguage language, string text) => language switch
    {
        // In single quotes these two read nothing into a text but its end.
        SnippetLanguage.Shell => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'",
        SnippetLanguage.Php => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'",
        _ => $"\"{string.Concat(text.EnumerateRunes().Select(rune => Escaped(language, rune)))}\"",
    };

    private static string Escaped(SnippetLanguage language, Rune rune) => rune.Value switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        >= ' ' and <= '~' => rune.ToString(),

        // Java reads \u before it reads quotes and lines.
        < ' ' when language == SnippetLanguage.Java => $"\\{Convert.ToString(rune.Value, 8).PadLeft(3, '0')}",
        > 0xFFFF when language is SnippetLanguage.CSharp or SnippetLanguage.Python or SnippetLanguage.Go => $"\\U{rune.Value.ToString("x8", CultureInfo.InvariantCulture)}",
        _ => string.Concat(rune.ToString().Select(unit => $"\\u{((int)unit).ToString("x4", CultureInfo.InvariantCulture)}")),
    };
}
