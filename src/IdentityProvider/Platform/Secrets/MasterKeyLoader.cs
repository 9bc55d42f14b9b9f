using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace IdentityProvider.Platform.Secrets;

/// <summary>Finds the root key: in the setting, in a file, in a certificate, or, in Development only, in one made at first start.</summary>
internal static class MasterKeyLoader
{
    /// <summary>Where Development keeps its key, below the working directory.</summary>
    public const string DevelopmentFile = "data/master.key";

    private const int LockAttempts = 100;
    private static readonly TimeSpan LockWait = TimeSpan.FromMilliseconds(20);

    private const string Remedy = "Give 32 random bytes in base64, as `openssl rand -base64 32` prints them";

    /// <summary>One key in three forms, of which at most one is set.</summary>
    private sealed record Source(string Name, string? Text, string? File, string? CertificateFile)
    {
        public string Setting => $"{IdentityProviderOptions.Section}:{Name}";
        public int Count => (Given(Text) ? 1 : 0) + (Given(File) ? 1 : 0) + (Given(CertificateFile) ? 1 : 0);
    }

    private static Source Now(IdentityProviderOptions options) => new(nameof(options.MasterKey), options.MasterKey, options.MasterKeyFile, options.MasterKeyCertificateFile);

    private static Source Before(IdentityProviderOptions options) => new(nameof(options.FormerMasterKey), options.FormerMasterKey, options.FormerMasterKeyFile, options.FormerMasterKeyCertificateFile);

    /// <exception cref="InvalidOperationException">There is none; the settings check says so earlier and in full.</exception>
    public static RootKey Load(IdentityProviderOptions options, IHostEnvironment environment, string developmentFile = DevelopmentFile)
    {
        if (Problem(options, environment) is { } problem)
            throw new InvalidOperationException(problem);
        if (Read(Now(options)) is { } given)
            return given;
        return TryDecode(DevelopmentKey(developmentFile), out var key) ? RootKey.OfSecret(key)
            : throw new InvalidOperationException($"{developmentFile} is not 32 bytes in base64. Put the right key back, or delete it and the database to start over.");
    }

    /// <summary>The one before, where it is set.</summary>
    public static RootKey? LoadFormer(IdentityProviderOptions options) => Read(Before(options));

    /// <summary><c>setting: problem. remedy</c>, or nothing. Never shows the key, and makes no file.</summary>
    public static string? Problem(IdentityProviderOptions options, IHostEnvironment environment)
    {
        var (now, before) = (Now(options), Before(options));
        return Problem(now) ?? Problem(before)
            ?? (now.Count > 0 || environment.IsDevelopment() ? null : $"{now.Setting}: is missing in {environment.EnvironmentName}. {Remedy}, or name a file with it in {now.Setting}File or a certificate in {now.Setting}CertificateFile.");
    }

    private static string? Problem(Source source)
    {
        if (source.Count > 1)
            return $"{source.Setting}: is set beside {(Given(source.Text) && Given(source.File) ? $"{source.Name}File" : $"{source.Name}CertificateFile")}. Keep one of them.";
        var setting = Given(source.File) ? source.Setting + "File" : Given(source.CertificateFile) ? source.Setting + "CertificateFile" : source.Setting;
        try
        {
            _ = Read(source);
            return null;
        }
        catch (CryptographicException) when (Given(source.CertificateFile))
        {
            return $"{setting}: holds no certificate with a private RSA key of 2048 bits or more. Put both into one PEM file, or into PKCS#12 without a password.";
        }
        catch (CryptographicException)
        {
            return $"{setting}: is not 32 bytes in base64. {Remedy}.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"{setting}: cannot be read: {exception.Message} Create it, readable by the server's user only.";
        }
    }

    private static RootKey? Read(Source source)
    {
        if (Given(source.CertificateFile))
            return RootKey.OfCertificate(Certificate(source.CertificateFile));
        if ((Given(source.Text) ? source.Text : Given(source.File) ? File.ReadAllText(source.File) : null) is not { } text)
            return null;
        return TryDecode(text, out var key) ? RootKey.OfSecret(key) : throw new CryptographicException("It is not 32 bytes in base64.");
    }

    private static X509Certificate2 Certificate(string file)
    {
        var content = File.ReadAllBytes(file);
        return content.AsSpan().IndexOf("-----BEGIN"u8) >= 0
            ? X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(content), Encoding.UTF8.GetString(content))
            : X509CertificateLoader.LoadPkcs12(content, null);
    }

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
