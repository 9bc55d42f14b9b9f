using System.Text.Json.Nodes;

namespace IdentityProvider.Tool.Setup;

/// <summary>The JSON Schema of setup documents, as it was when the tool was built: the order of keys, and what a key means that is left out.</summary>
internal static class SetupSchema
{
    private static readonly Lazy<JsonObject> Read = new(() => JsonNode.Parse(Text())!.AsObject());

    public static string Text()
    {
        using var stream = typeof(SetupSchema).Assembly.GetManifestResourceStream("setup.schema.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Names of the document's own keys, in order.</summary>
    public static IEnumerable<string> Sections => Read.Value["properties"]!.AsObject().Select(property => property.Key);

    /// <summary>The schema of an entry of a section.</summary>
    public static JsonObject EntryOf(string section) => Read.Value["properties"]![section]!["items"]!.AsObject();
}
