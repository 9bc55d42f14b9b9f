using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using IdentityProvider.Platform.Storage;

namespace IdentityProvider.Tests.Testing;

/// <summary>The summaries the compiler wrote beside the house.</summary>
internal static partial class XmlDocs
{
    private static readonly Dictionary<string, XElement> Members = XDocument
        .Load(Path.ChangeExtension(typeof(Store).Assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value);

    public static string Of(Type type) => Summary($"T:{type.FullName!.Replace('+', '.')}");

    public static string Of(PropertyInfo property) => Summary($"P:{property.DeclaringType!.FullName!.Replace('+', '.')}.{property.Name}");

    public static string Of(MethodInfo method)
    {
        var name = $"M:{method.DeclaringType!.FullName!.Replace('+', '.')}.{method.Name}";
        return Summary(Members.Keys.FirstOrDefault(member => member == name || member.StartsWith(name + "(", StringComparison.Ordinal)) ?? name);
    }

    private static string Summary(string member) =>
        Members.GetValueOrDefault(member)?.Element("summary") is { } summary ? Spaces().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim() : "";

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" or "seealso" } see => $"`{(see.Attribute("langword") ?? see.Attribute("cref") ?? see.Attribute("href"))!.Value.Split('(')[0].Split('.', ':')[^1]}`",
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
