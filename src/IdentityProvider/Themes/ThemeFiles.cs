using System.Collections.Frozen;
using System.Reflection;
using System.Text.RegularExpressions;

namespace IdentityProvider.Themes;

/// <summary>
/// The files of a theme, read whole: <c>theme.json</c>, <c>layout.liquid</c>, the mails and what lies in <c>assets/</c>. A request can name
/// nothing but a key of this table, so no path of a request ever reaches the disk.
/// </summary>
internal static partial class ThemeFiles
{
    public const string Manifest = "theme.json";
    public const string Layout = "layout.liquid";
    public const string Assets = "assets/";
    public const string Mails = "mail/";
    private const int LargestFile = 1024 * 1024;
    private const int MostFiles = 100;

    public static FrozenDictionary<string, byte[]> BuiltIn { get; } = Resources("theme/");

    /// <summary>The rooms' own scripts, by file name.</summary>
    public static FrozenDictionary<string, byte[]> Scripts { get; } = Resources("script/");

    /// <summary>Names, lengths and times of the files, as one value that differs when any of them does. Null: no such theme.</summary>
    public static string? Stamp(string folder) => Directory.Exists(folder)
        ? string.Join('|', Find(folder).Select(file => $"{file.Name}:{file.Info.Length}:{file.Info.LastWriteTimeUtc.Ticks}"))
        : null;

    public static Dictionary<string, byte[]> Read(string folder)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, info) in Find(folder))
        {
            if (info.Length > LargestFile)
                throw new ThemeFault($"{name} is larger than {LargestFile / 1024} KB.");
            if (files.Count == MostFiles)
                throw new ThemeFault($"The theme has more than {MostFiles} files.");
            files[name] = File.ReadAllBytes(info.FullName);
        }
        return files;
    }

    /// <summary>Scripts are left out on purpose: one in a theme would read passwords. So are fonts: the policy of the pages loads none.</summary>
    public static string? ContentType(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".webp" => "image/webp",
        ".avif" => "image/avif",
        ".ico" => "image/x-icon",
        _ => null,
    };

    private static IEnumerable<(string Name, FileInfo Info)> Find(string folder)
    {
        foreach (var name in (string[])[Manifest, Layout])
            if (Target(Path.Combine(folder, name)) is { } file)
                yield return (name, file);
        foreach (var mail in FindMails(folder))
            yield return mail;
        var assets = Path.Combine(folder, Assets);
        if (!Directory.Exists(assets))
            yield break;
        foreach (var path in Directory.EnumerateFiles(assets).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (AssetName().IsMatch(name) && ContentType(name) is not null && Target(path) is { } file)
                yield return (Assets + name, file);
        }
    }

    /// <summary><c>mail/name.liquid</c>, and in a folder named by a language, the same in that language.</summary>
    private static IEnumerable<(string Name, FileInfo Info)> FindMails(string folder)
    {
        var mails = Path.Combine(folder, Mails);
        if (!Directory.Exists(mails))
            yield break;
        foreach (var path in Directory.EnumerateFiles(mails, "*.liquid", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(mails, path).Replace('\\', '/');
            if (MailName().IsMatch(name) && Target(path) is { } file)
                yield return (Mails + name, file);
        }
    }

    /// <summary>Behind a link lies the file that changes: orchestrators mount configuration as links.</summary>
    private static FileInfo? Target(string path)
    {
        var file = new FileInfo(path);
        file = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        return file is { Exists: true } ? file : null;
    }

    private static FrozenDictionary<string, byte[]> Resources(string prefix)
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[prefix.Length..].Replace('\\', '/'), Resource);
    }

    private static byte[] Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9_-]{0,60}(\.[a-z0-9_-]{1,20}){0,2}\.[a-z0-9]{2,5}$")]
    private static partial Regex AssetName();

    [GeneratedRegex(@"^([a-z]{2,3}(-[a-z0-9]{2,8}){0,2}/)?[a-z0-9][a-z0-9-]{0,50}\.liquid$")]
    private static partial Regex MailName();
}
