using System.Xml.Linq;
using IdentityProvider.AspNetCore;
using IdentityProvider.Platform.Storage;

namespace IdentityProvider.Tests.House;

/// <summary>The source tree and the built house, as the house tests read them.</summary>
internal static class Checkout
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", "TestResults", "data"];

    public static string Root { get; } = FindRoot();

    public static string House { get; } = typeof(Store).Assembly.Location;

    /// <summary>What APIs reference: a package of its own, beside the house.</summary>
    public static string Package { get; } = typeof(HeldPermissions).Assembly.Location;

    /// <summary>The command line, a client of the admin API.</summary>
    public static string Tool { get; } = typeof(IdentityProvider.Tool.Idp).Assembly.Location;

    /// <summary>Documentation of every type and member, internal ones too, by the compiler's id (<c>T:Namespace.Type</c>).</summary>
    public static Dictionary<string, XElement> Documentation { get; } = XDocument.Load(Path.ChangeExtension(House, ".xml"))
        .Descendants("member").ToDictionary(m => (string)m.Attribute("name")!);

    /// <summary>Files below a folder of the checkout, relative to its root; nothing built, downloaded or hidden.</summary>
    public static IEnumerable<string> Files(string folder = "", params string[] extensions) =>
        from path in Walk(Path.Combine(Root, folder))
        where extensions.Length == 0 || extensions.Contains(Path.GetExtension(path))
        select Path.GetRelativePath(Root, path);

    public static IEnumerable<string> Folders(string folder) => Files(folder)
        .Select(Path.GetDirectoryName).OfType<string>().SelectMany(path => path.Split(Path.DirectorySeparatorChar)).Distinct();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The words of a summary, with references as the names they point to.</summary>
    public static string Summary(string documentationId)
    {
        if (!Documentation.TryGetValue(documentationId, out var member) || member.Element("summary") is not { } summary)
            return "";
        foreach (var reference in summary.Descendants().Where(e => e.Attribute("cref") is not null).ToList())
            reference.ReplaceWith(reference.Attribute("cref")!.Value.Split('.', ':')[^1]);
        return string.Join(' ', summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static IEnumerable<string> Walk(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder).Where(IsOurs).SelectMany(Walk))
        : [];

    private static bool IsOurs(string folder) => Path.GetFileName(folder) is var name && !name.StartsWith('.') && !NotOurs.Contains(name);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "IdentityProvider.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside a checkout.");
        return folder.FullName;
    }
}
