namespace IdentityProvider.Mfa;

internal static class AuthenticatorName
{
    private const int MaxLength = 100;

    /// <summary>What is wrong with a name somebody typed; null when nothing is.</summary>
    public static string? Problem(string? name) => name?.Trim() switch
    {
        null or "" => "Enter a name",
        { Length: > MaxLength } => $"Enter a name of at most {MaxLength} characters",
        { } text when text.Any(char.IsControl) => "Enter a name on one line",
        _ => null,
    };
}
