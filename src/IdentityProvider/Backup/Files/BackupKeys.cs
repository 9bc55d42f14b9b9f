using System.Security.Cryptography;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Secrets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Backup.Files;

/// <summary>
/// Each file has a random key of its own, sealed under a key that lies outside the database: the one for backups where there is one, else the root
/// key. Not under the master key itself: that is in the database, and lost with it.
/// </summary>
internal sealed class BackupKeys(IOptions<BackupOptions> options, IOptions<IdentityProviderOptions> server, IHostEnvironment environment)
{
    private const string Purpose = "backup";

    /// <summary>A new key for one file, and the header that lets this deployment open it.</summary>
    public (BackupHeader Header, byte[] Key) Create()
    {
        var seal = Own(options.Value) ?? Root;
        var secret = RandomNumberGenerator.GetBytes(MasterKey.Size);
        return (new BackupHeader(BackupHeader.Current, seal.Id, seal.Seal(secret)), new MasterKey(secret).Derive(Purpose));
    }

    /// <exception cref="BackupException">None of our keys opens it.</exception>
    public byte[] Open(BackupHeader header, string file)
    {
        var seal = new[] { Own(options.Value), Root, MasterKeyLoader.LoadFormer(server.Value) }.FirstOrDefault(key => key?.Id == header.SealedBy)
            ?? throw new BackupException($"{file} was encrypted under another key. Give the one of the server that made it: as IdentityProvider:Backup:Key or KeyFile where it had one, else its MasterKey, as IdentityProvider:MasterKey or FormerMasterKey.");
        return new MasterKey(seal.Open(header.Key)).Derive(Purpose);
    }

    public RootKey Root => MasterKeyLoader.Load(server.Value, environment);

    public RootKey? Former => MasterKeyLoader.LoadFormer(server.Value);

    /// <exception cref="CryptographicException">It is not 32 bytes in base64.</exception>
    public static RootKey? Own(BackupOptions options)
    {
        var text = string.IsNullOrWhiteSpace(options.Key) ? string.IsNullOrWhiteSpace(options.KeyFile) ? null : File.ReadAllText(options.KeyFile) : options.Key;
        if (text is null)
            return null;
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length == MasterKey.Size
            ? RootKey.OfSecret(key[..length])
            : throw new CryptographicException("The key for backups is not 32 bytes in base64.");
    }
}
