using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Passkeys;

/// <summary>Whoever asks for a proof and trusts nobody lets nobody register: said at the start.</summary>
internal sealed class AttestationRules : IValidateOptions<PasskeysOptions>
{
    private const string Roots = $"{nameof(PasskeysOptions.Attestation)}:{nameof(PasskeyAttestationOptions.Roots)}";

    public ValidateOptionsResult Validate(string? name, PasskeysOptions options)
    {
        var problems = options.Attestation.Roots.Select((file, i) => IsReadable(file) ? null : $"{Roots}:{i} is no file with certificates in PEM. Give the path of one the server can read.").OfType<string>().ToList();
        if (options.Attestation.Required && options.Attestation.Roots.Count == 0)
            problems.Add($"{Roots} is empty, so no authenticator could prove its make. List the files with the roots of their makers.");
        return problems.Count > 0 ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }

    private static bool IsReadable(string file)
    {
        try
        {
            return Attestation.Load([file]).Count > 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
