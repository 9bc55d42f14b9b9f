using System.Security.Cryptography;
using IdentityProvider.Backup.Files;
using IdentityProvider.Platform.Validation;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Backup;

/// <summary>What backups are encrypted with, where it is not to be the master key.</summary>
public sealed class BackupOptions
{
    /// <summary>
    /// 32 random bytes in base64 (<c>openssl rand -base64 32</c>) that seal the key of each backup. Without it, and without <see cref="KeyFile"/>, the
    /// <c>MasterKey</c> does. Not taken from the command line.
    /// </summary>
    [Secret]
    public string? Key { get; set; }

    /// <summary>A file that holds <see cref="Key"/>, readable by the server's user only.</summary>
    public string? KeyFile { get; set; }
}

internal sealed class BackupRules : IValidateOptions<BackupOptions>
{
    public ValidateOptionsResult Validate(string? name, BackupOptions options)
    {
        if (!string.IsNullOrWhiteSpace(options.Key) && !string.IsNullOrWhiteSpace(options.KeyFile))
            return ValidateOptionsResult.Fail("Key is set beside KeyFile. Keep one of them.");
        try
        {
            _ = BackupKeys.Own(options);
            return ValidateOptionsResult.Success;
        }
        catch (CryptographicException)
        {
            return ValidateOptionsResult.Fail("Key is not 32 bytes in base64. Give 32 random bytes in base64, as `openssl rand -base64 32` prints them.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ValidateOptionsResult.Fail($"KeyFile cannot be read: {exception.Message} Create it, readable by the server's user only.");
        }
    }
}
