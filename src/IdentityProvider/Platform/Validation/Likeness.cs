using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace IdentityProvider.Platform.Validation;

/// <summary>
/// What an e-mail address looks like (the skeleton of Unicode TS 39): two addresses that cannot be told apart by eye have one. It only
/// keeps a second account from coming about; whose address it is, and where a mail goes, is said by the address itself.
/// </summary>
internal static class Likeness
{
    /// <summary>Longer than any address in its own letters; a letter may look like two.</summary>
    public const int MaxLength = 512;

    private static readonly IdnMapping Idn = new();
    private static readonly FrozenDictionary<int, string> LooksLike = Read();

    /// <param name="normalized">The address in the form it is compared in.</param>
    public static string? Of(string? normalized)
    {
        // Plain letters look like themselves, so nearly every address is its own likeness.
        if (normalized is null || (Ascii.IsValid(normalized) && !normalized.Contains("XN--", StringComparison.Ordinal)))
            return normalized;
        var seen = new StringBuilder(normalized.Length);
        foreach (var rune in OwnLetters(normalized).ToLowerInvariant().EnumerateRunes())
            seen.Append(LooksLike.GetValueOrDefault(rune.Value) ?? rune.ToString());
        var likeness = seen.ToString().ToUpperInvariant();
        return likeness.Length <= MaxLength ? likeness : likeness[..MaxLength];
    }

    private static string OwnLetters(string normalized)
    {
        var at = normalized.LastIndexOf('@') + 1;
        try
        {
            return normalized[..at] + Idn.GetUnicode(normalized[at..].ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            return normalized;
        }
    }

    private static FrozenDictionary<int, string> Read()
    {
        using var reader = new StreamReader(typeof(Likeness).Assembly.GetManifestResourceStream("confusables.txt")!);
        var all = new Dictionary<int, string>();
        while (reader.ReadLine() is { } line)
            if (!line.StartsWith('#') && line.Split(": ") is [var target, var letters])
                foreach (var letter in letters.Split(' '))
                    all[int.Parse(letter, NumberStyles.HexNumber, CultureInfo.InvariantCulture)] = target;
        return all.ToFrozenDictionary();
    }
}
