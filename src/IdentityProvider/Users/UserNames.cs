namespace IdentityProvider.Users;

internal static class UserNames
{
    /// <summary>The form in which user names and e-mail addresses are unique and looked up.</summary>
    public static string Normalize(string name) => TypedText.Normalize(name).Trim().ToUpperInvariant();
}
