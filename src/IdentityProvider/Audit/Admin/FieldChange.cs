using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Platform.Http;

namespace IdentityProvider.Audit.Admin;

internal enum ChangeKind
{
    Same,
    Changed,
    Added,
    Removed,
}

/// <summary>One field of what a record keeps as JSON, before and after. Several values where it is a list.</summary>
internal sealed record FieldChange(string Name, IReadOnlyList<string> Before, IReadOnlyList<string> After, ChangeKind Kind)
{
    private static readonly JsonSerializerOptions Shown = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Said beside the values: colours alone say it to some only.</summary>
    public string Words => Kind switch { ChangeKind.Changed => "Changed", ChangeKind.Added => "New", ChangeKind.Removed => "Removed", _ => "As before" };

    /// <summary>All fields of either side, in the order of their names.</summary>
    public static IReadOnlyList<FieldChange> Between(string? before, string? after)
    {
        var (was, now) = (Fields(before), Fields(after));
        return [.. was.Keys.Union(now.Keys).Order(StringComparer.Ordinal).Select(name =>
        {
            var (old, current) = (was.GetValueOrDefault(name), now.GetValueOrDefault(name));
            var kind = old is null ? ChangeKind.Added : current is null ? ChangeKind.Removed : old.SequenceEqual(current) ? ChangeKind.Same : ChangeKind.Changed;
            return new FieldChange(name, old ?? [], current ?? [], kind);
        })];
    }

    /// <summary>Of one side alone.</summary>
    public static IReadOnlyList<FieldChange> In(string? json) => Between(null, json);

    private static Dictionary<string, List<string>> Fields(string? json)
    {
        var fields = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        if (json is not null)
            Collect("", JsonNode.Parse(json), fields);
        return fields;
    }

    private static void Collect(string name, JsonNode? node, Dictionary<string, List<string>> fields)
    {
        if (node is JsonObject { Count: > 0 } parts)
            foreach (var (key, part) in parts)
                Collect(name.Length == 0 ? VisibleText.Of(key) : $"{name}.{VisibleText.Of(key)}", part, fields);
        else
            fields[name] = node is JsonArray list ? [.. list.Select(Text)] : [Text(node)];
    }

    private static string Text(JsonNode? node) => VisibleText.Of(node switch
    {
        null => "null",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => node.ToJsonString(Shown),
    });
}
