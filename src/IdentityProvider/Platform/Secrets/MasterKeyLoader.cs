using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace IdentityProvider.Platform.Secrets;

/// <summary>Finds the master key: in the setting, in a file, or, in Development only, in one made at first start.</summary>
internal static class MasterKeyLoader
{
    /// <summary>Where Development keeps its key, below the working directory.</summary>
    public const string DevelopmentFile = "data/master.key";

    private const string Setting = $"{IdentityProviderOptions.Section}:{nameof(IdentityProviderOptions.MasterKey)}";
    private const string FileSetting = $"{IdentityProviderOptions.Section}:{nameof(IdentityProviderOptions.MasterKeyFile)}";
    private const int LockAttempts = 100;
    private static readonly TimeSpan LockWait = TimeSpan.FromMilliseconds(20);

    private const string Remedy = "Give 32 random bytes in base64, as `openssl rand -base64 32` prints them";

    /// <exception cref="InvalidOperationException">There is none; the settings check says so earlier and in full.</exception>
    public static MasterKey Load(IdentityProviderOptions options, IHostEnvironment environment, string developmentFile = DevelopmentFile)
    {
        if (Problem(options, environment) is { } problem)
            throw new InvalidOperationException(problem);
        var text = Text(options) ?? DevelopmentKey(developmentFile);
        return TryDecode(text, out var key) ? new MasterKey(key)
            : throw new InvalidOperationException($"{developmentFile} is not 32 bytes in base64. Put the right key back, or delete it and the database to start over.");
    }

    /// <summary><c>setting: problem. remedy</c>, or nothing. Never shows the key, and makes no file.</summary>
    public static string? Problem(IdentityProviderOptions options, IHostEnvironment environment)
    {
        if (Given(options.MasterKey) && Given(options.MasterKeyFile))
            return $"{FileSetting}: is set beside {Setting}. Remove one of the two.";
        try
        {
            if (Text(options) is { } text)
                return TryDecode(text, out _) ? null : $"{(Given(options.MasterKeyFile) ? FileSetting : Setting)}: is not 32 bytes in base64. {Remedy}.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"{FileSetting}: cannot be read: {exception.Message} Create it, readable by the server's user only.";
        }

        return environment.IsDevelopment() ? null : $"{Setting}: is missing in {environment.EnvironmentName}. {Remedy}, or name a file with it in {FileSetting}.";
    }

    private static string? Text(IdentityProviderOptions options) =>
        Given(options.MasterKey) ? options.MasterKey : Given(options.MasterKeyFile) ? File.ReadAllText(options.MasterKeyFile) : null;

    private static bool Given([NotNullWhen(true)] string? value) => !string.IsNullOrWhiteSpace(value);

    private static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? key)
    {
        var buffer = new byte[text.Length];
        key = Convert.TryFromBase64String(text.Trim(), buffer, out var length) && length == 32 ? buffer[..32] : null;
        return key is not null;
    }

    /// <summary>Under an exclusive lock: of processes that start at once the first writes, and nobody reads half a key.</summary>
    private static string DevelopmentKey(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var stream = new FileStream(file, options);
                if (stream.Length > 0)
                    return new StreamReader(stream).ReadToEnd();
                var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
                stream.Write(Encoding.ASCII.GetBytes(key + "\n"));
                return key;
            }
            catch (IOException) when (attempt < LockAttempts)
            {
                Thread.Sleep(LockWait);
            }
        }
    }
}
