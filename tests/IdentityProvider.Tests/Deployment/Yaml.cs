using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace IdentityProvider.Tests.Deployment;

/// <summary>YAML as JSON, with anchors resolved and merge keys applied: what a tool that reads the file sees.</summary>
internal static class Yaml
{
    private const string Merge = "<<";

    public static JsonNode Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return Node(stream.Documents.Single().RootNode)!;
    }

    private static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMappingNode mapping => Mapping(mapping),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Node)]),
        YamlScalarNode scalar => Scalar(scalar),
        _ => throw new InvalidOperationException($"{node.NodeType} at {node.Start}"),
    };

    private static JsonObject Mapping(YamlMappingNode mapping)
    {
        var json = new JsonObject();
        foreach (var merged in mapping.Children.Where(child => Name(child.Key) == Merge).Select(child => Mapping((YamlMappingNode)child.Value)))
            foreach (var (name, value) in merged)
                json[name] = value?.DeepClone();
        foreach (var (key, value) in mapping.Children)
            if (Name(key) is var name && name != Merge)
                json[name] = Node(value);
        return json;
    }

    private static string Name(YamlNode key) => ((YamlScalarNode)key).Value!;

    private static JsonNode? Scalar(YamlScalarNode scalar) => scalar switch
    {
        { Style: not ScalarStyle.Plain } => scalar.Value,
        { Value: null or "" or "null" or "~" } => null,
        { Value: "true" } => true,
        { Value: "false" } => false,
        { Value: var text } when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        { Value: var text } when double.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
        _ => scalar.Value,
    };
}
