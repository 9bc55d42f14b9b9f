namespace IdentityProvider.Users;

/// <summary>
/// A field for a new password; the partial is <c>/Users/_NewPassword.cshtml</c>. Password managers store what is typed under
/// <paramref name="Username"/>, which stands in the form unseen; null where the form asks for the name itself.
/// </summary>
internal sealed record NewPasswordField(string Name, string Label, string? Username, PasswordRules Rules)
{
    public bool Autofocus { get; init; }
}
