using System.Globalization;
using System.Text;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// One letter that stands for a name where no picture may be loaded: a client's logo on another host would tell that host
/// who signs in when, and the policy of the pages does not load it.
/// </summary>
internal static class Monogram
{
    public static string Of(string? name)
    {
        var elements = StringInfo.GetTextElementEnumerator(name ?? "");
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            if (Rune.IsLetterOrDigit(element.EnumerateRunes().First()))
                return element.ToUpper(CultureInfo.CurrentUICulture);
        }
        return "?";
    }
}
