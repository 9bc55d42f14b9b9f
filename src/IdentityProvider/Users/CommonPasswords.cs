using System.Text;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Users;

/// <summary>
/// Whether a password is among the first that an attacker tries: on a list, or made from one on a list in the ways everybody
/// thinks of (Password2024!, P4ssw0rd, passwordpassword), or a row of neighbours (abcdefghijkl).
/// </summary>
internal sealed class CommonPasswords(IOptions<UsersOptions> options) : IDisposable
{
    private const int MostDecoration = 6, FewestDifferent = 5;

    private readonly PasswordList[] lists = options.Value.PasswordRules.ListFile is { Length: > 0 } path
        ? [PasswordList.Shipped(), PasswordList.Open(path)]
        : [PasswordList.Shipped()];

    public bool Contains(string password)
    {
        var text = TypedText.Normalize(password);
        var lower = text.ToLowerInvariant();
        return IsListed(text) || IsDecorated(lower) || (Unit(lower) is { } unit && (unit.Length <= FewestDifferent || IsDecorated(unit))) || IsMonotonous(lower);
    }

    public void Dispose() => Array.ForEach(lists, list => list.Dispose());

    private bool IsListed(string text) => Array.Exists(lists, list => list.Contains(text));

    /// <summary>A listed word, its letters perhaps written as digits, with a few digits and signs, or listed ones, around it.</summary>
    private bool IsDecorated(string lower)
    {
        if (IsListed(lower) || IsListed(Plain(lower)))
            return true;
        var (start, end) = (0, lower.Length);
        while (start < end && !char.IsLetter(lower[start]))
            start++;
        while (end > start && !char.IsLetter(lower[end - 1]))
            end--;
        var (before, word, after) = (lower[..start], lower[start..end], lower[end..]);
        return word.Length >= 4 && (IsListed(word) || IsListed(Plain(word)))
            && (before.Length + after.Length <= MostDecoration || (IsHarmless(before) && IsHarmless(after)));
    }

    private bool IsHarmless(string decoration) => decoration.Length <= 3 || IsListed(decoration) || IsMonotonous(decoration);

    private static string Plain(string lower)
    {
        var builder = new StringBuilder(lower);
        foreach (var (sign, letter) in new[] { ('0', 'o'), ('1', 'i'), ('3', 'e'), ('4', 'a'), ('5', 's'), ('7', 't'), ('8', 'b'), ('@', 'a'), ('$', 's'), ('!', 'i') })
            builder.Replace(sign, letter);
        return builder.ToString();
    }

    /// <summary>What the text repeats, if it is nothing but that.</summary>
    private static string? Unit(string text)
    {
        for (var size = 1; size <= text.Length / 2; size++)
            if (text.Length % size == 0 && Enumerable.Range(size, text.Length - size).All(i => text[i] == text[i - size]))
                return text[..size];
        return null;
    }

    /// <summary>Few different characters, or nearly all of them the neighbours of the one before.</summary>
    private static bool IsMonotonous(string text) => text.Distinct().Count() < FewestDifferent
        || Enumerable.Range(1, text.Length - 1).Count(i => Math.Abs(text[i] - text[i - 1]) <= 1) * 4 >= (text.Length - 1) * 3;
}
