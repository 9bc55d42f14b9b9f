using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Users;

internal static class UserNames
{
    /// <summary>The form in which user names and e-mail addresses are unique and looked up.</summary>
    public static string Normalize(string name)
    {
        var text = TypedText.Normalize(name).Trim();

        // One domain has two spellings: with its own letters, and as DNS knows it.
        return (text.Split('@') is [var local, var domain] && EmailAddress.AsciiDomain(domain) is { } ascii ? $"{local}@{ascii}" : text).ToUpperInvariant();
    }
}
