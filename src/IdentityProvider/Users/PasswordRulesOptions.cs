using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Users;

/// <summary>What a new password must be. Passwords that stand are not asked again.</summary>
public sealed class PasswordRulesOptions
{
    /// <summary>Characters a password needs at least (8 to 64; 12).</summary>
    [Range(8, 64)]
    public int MinLength { get; set; } = 12;

    /// <summary>
    /// Whether a password needs a small letter, a capital letter, a digit and another character (default false: length and the
    /// list keep out more guesses, NIST SP 800-63B section 3.1.1.2).
    /// </summary>
    public bool RequireMixedCharacters { get; set; }

    /// <summary>A file made by <c>passwords import</c>, asked in addition to the list of 49,000 that is shipped.</summary>
    public string? ListFile { get; set; }
}

internal sealed class PasswordRulesCheck : IValidateOptions<UsersOptions>
{
    public ValidateOptionsResult Validate(string? name, UsersOptions options)
    {
        if (options.PasswordRules.ListFile is not { Length: > 0 } path)
            return ValidateOptionsResult.Success;
        try
        {
            PasswordList.Open(path).Dispose();
            return ValidateOptionsResult.Success;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
        {
            return ValidateOptionsResult.Fail($"PasswordRules:ListFile: {exception.Message}");
        }
    }
}
