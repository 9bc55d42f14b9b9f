using IdentityProvider.Platform.Http;

namespace IdentityProvider.OneTimeCodes;

/// <summary>The field for the digits of a mail, the same on every page that asks for them.</summary>
internal static class MailedCodeField
{
    /// <param name="lifetime">In words.</param>
    public static TextField For(string lifetime) => new("code", "Code from the mail", null)
    {
        Hint = $"8 digits, good for {lifetime}.",
        Autocomplete = "one-time-code",
        InputMode = "numeric",
        IsCode = true,
        IsDigits = true,
        Required = true,
        Autofocus = true,
    };
}
