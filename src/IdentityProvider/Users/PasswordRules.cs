using IdentityProvider.Platform;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Users;

/// <summary>
/// What a new password must be, in one place for every way to one: registration, reset, change, import and set-up. Says all that
/// is wrong at once.
/// </summary>
internal sealed class PasswordRules(IOptions<UsersOptions> users, IOptions<IdentityProviderOptions> server, CommonPasswords common)
{
    public const int MaxLength = 256;
    private const int ShortestWord = 3;
    private readonly PasswordRulesOptions rules = users.Value.PasswordRules;

    /// <summary>Words of this deployment: its name and its host, but not the endings that all hosts have.</summary>
    private readonly string[] ownWords = [.. Words(server.Value.ProductName), .. Words(HostOf(server.Value.Issuer))];

    public int MinLength => rules.MinLength;

    /// <summary>The rules in words, to be read before typing.</summary>
    public IReadOnlyList<string> Stated =>
    [
        $"At least {rules.MinLength} characters; several words are easy to remember.",
        .. rules.RequireMixedCharacters ? ["A small letter, a capital letter, a digit and another character."] : Array.Empty<string>(),
        "Not a password many people use, nor just your name or e-mail address.",
    ];

    /// <summary>What to do about the password, one sentence for each rule it breaks.</summary>
    /// <param name="password">As typed.</param>
    /// <param name="about">Names and addresses of the person; null where there is none.</param>
    public IReadOnlyList<string> Problems(string password, params string?[] about) => [.. ProblemsOf(password, about)];

    /// <summary>The same for a person who exists.</summary>
    public IReadOnlyList<string> Problems(string password, User user) => Problems(password, user.UserName, user.Email, user.Name, user.GivenName, user.FamilyName, user.Nickname);

    private IEnumerable<string> ProblemsOf(string password, string?[] about)
    {
        // Nothing below works on what nobody can have.
        if (password.Length > MaxLength)
        {
            yield return $"Use at most {MaxLength} characters";
            yield break;
        }

        var text = TypedText.Normalize(password);
        if (text.EnumerateRunes().Count() < rules.MinLength)
            yield return $"Use at least {rules.MinLength} characters";
        if (rules.RequireMixedCharacters)
        {
            if (!text.Any(char.IsLower))
                yield return "Add a small letter";
            if (!text.Any(char.IsUpper))
                yield return "Add a capital letter";
            if (!text.Any(char.IsDigit))
                yield return "Add a digit";
            if (text.All(char.IsLetterOrDigit))
                yield return "Add a character that is no letter and no digit";
        }

        if (text.Length > 0 && common.Contains(text))
            yield return "Choose another password: many people use this one, or one much like it";
        if (IsAbout(text, [.. about.SelectMany(Words), .. ownWords]))
            yield return "Use more than your name, your e-mail address or the name of this site";
    }

    /// <summary>Whether hardly anything is left once the words are taken out.</summary>
    private static bool IsAbout(string text, HashSet<string> words)
    {
        var left = text.ToLowerInvariant();
        foreach (var word in words.Where(word => word.Length >= ShortestWord).OrderByDescending(word => word.Length))
            left = left.Replace(word, "", StringComparison.Ordinal);
        return left.Length < text.Length && left.Count(char.IsLetter) < 4;
    }

    /// <summary>The text itself without spaces and signs, and its parts: ada.lovelace@example.com is found in AdaLovelace1815.</summary>
    private static IEnumerable<string> Words(string? text)
    {
        if (text is not { Length: > 0 and <= 512 })
            return [];
        var parts = new string([.. TypedText.Normalize(text).ToLowerInvariant().Select(c => char.IsLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [string.Concat(parts), .. parts];
    }

    private static string HostOf(string issuer) => Uri.TryCreate(issuer, UriKind.Absolute, out var uri) ? uri.Host : "";
}
