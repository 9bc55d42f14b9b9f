using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.Memory;

namespace IdentityProvider.Platform.Settings;

/// <summary>
/// Settings whose values lie in files, as container platforms and systemd hand secrets over: environment variables are seen by whoever lists processes
/// and containers. Any setting, named with <c>_FILE</c> behind it, and every file of a folder. The command line goes before both.
/// </summary>
internal sealed class SettingFiles
{
    public const string Suffix = "_FILE";

    /// <summary>Where systemd puts what <c>LoadCredential=</c> names.</summary>
    public const string CredentialsVariable = "CREDENTIALS_DIRECTORY";

    private const string Section = IdentityProviderOptions.Section;
    private const string FolderSetting = $"{Section}:{nameof(IdentityProviderOptions.SettingsFolder)}";

    private readonly List<IConfigurationProvider> others;
    private readonly List<string> problems = [];
    private readonly Dictionary<string, string?> values = new(StringComparer.OrdinalIgnoreCase);

    private SettingFiles(IEnumerable<IConfigurationProvider> providers) => others = [.. providers.Where(provider => provider is not CommandLineConfigurationProvider)];

    /// <summary>What could not be read, each with its remedy, for the check of all settings.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>The name of the setting that this one gives a file for.</summary>
    public static string? Named(string key) => key.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) && key.Length > Suffix.Length ? key[..^Suffix.Length] : null;

    /// <summary>Reads the files and puts what they hold behind all other sources but the command line.</summary>
    /// <param name="configuration">Where the names of files and folders are, and their values go.</param>
    /// <param name="credentials">A further folder, if the system gives one.</param>
    public static SettingFiles AddTo(ConfigurationManager configuration, string? credentials)
    {
        var files = new SettingFiles(((IConfigurationRoot)configuration).Providers);
        foreach (var (key, path) in configuration.GetSection(Section).AsEnumerable().ToList())
            if (path is { Length: > 0 } && Named(key) is { } setting)
                files.Read(setting, path, key);
        if (configuration[FolderSetting] is { Length: > 0 } folder)
            files.ReadFolder(folder);
        if (credentials is { Length: > 0 } && Directory.Exists(credentials))
            files.ReadFolder(credentials);

        var sources = ((IConfigurationBuilder)configuration).Sources;
        var commandLine = sources.FirstOrDefault(source => source is CommandLineConfigurationSource);
        if (files.values.Count > 0)
            sources.Insert(commandLine is null ? sources.Count : sources.IndexOf(commandLine), new MemoryConfigurationSource { InitialData = files.values });
        return files;
    }

    private void Read(string setting, string path, string where)
    {
        if (values.ContainsKey(setting) || others.Any(provider => provider.TryGet(setting, out var beside) && beside is { Length: > 0 }))
        {
            problems.Add($"{setting}: is set, and {where} brings it again. Keep one of them.");
            return;
        }

        try
        {
            // Editors and echo end a file with a line break that is no part of a password.
            values[setting] = File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add($"{where}: cannot be read: {exception.Message} Create it, readable by the server's user only.");
        }
    }

    /// <summary>Files are named like environment variables (<c>IdentityProvider__MasterKey</c>); others in the folder are none of ours.</summary>
    private void ReadFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            problems.Add($"{FolderSetting}: \"{folder}\" is no folder. Mount it, or remove the setting.");
            return;
        }

        foreach (var file in Directory.EnumerateFiles(folder, Section + "__*").Order(StringComparer.Ordinal))
            Read(Path.GetFileName(file).Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal), file, file);
    }
}
