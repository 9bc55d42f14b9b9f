using System.Text;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Platform.Storage;

/// <summary>
/// Text that every database keeps in the order of its code points, whatever language it was made for: an index then finds a prefix as a range,
/// and a page goes on where the one before ended.
/// </summary>
internal static class OrdinalText
{
    public const string Annotation = "IdentityProvider:Ordinal";

    public static PropertyBuilder<T> IsOrdinal<T>(this PropertyBuilder<T> property) => property.HasAnnotation(Annotation, true);

    /// <summary>The first text after all that begin with the prefix; null where there is none.</summary>
    public static string? After(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        while (runes.Count > 0)
        {
            var next = runes[^1].Value + 1;
            runes.RemoveAt(runes.Count - 1);
            if (next is >= 0xD800 and <= 0xDFFF)
                next = 0xE000;
            if (!Rune.IsValid(next))
                continue;
            runes.Add(new Rune(next));
            return string.Concat(runes);
        }

        return null;
    }

    /// <summary>As the databases compare.</summary>
    public static int Compare(string a, string b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
}
