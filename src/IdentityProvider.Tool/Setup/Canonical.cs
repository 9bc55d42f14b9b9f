using System.Text.Json.Nodes;
using IdentityProvider.Tool.Output;

namespace IdentityProvider.Tool.Setup;

/// <summary>
/// One way to write an entry, however a document or the API writes it: keys in the order of the schema, nothing that says no more than its
/// absence, lists in order. Two entries that mean the same are the same bytes.
/// </summary>
internal static class Canonical
{
    private static readonly string[] UsualScopes = ["email", "openid", "profile"];

    /// <param name="kind">What it is.</param>
    /// <param name="entry">As a document says it.</param>
    public static JsonObject Of(SetupKind kind, JsonObject entry)
    {
        var copy = (JsonObject)entry.DeepClone();
        if (kind.Section == "clients")
        {
            // Follows from grant_types, and nothing else is taken.
            copy.Remove("response_types");
            if (copy["scope"] is JsonValue scope)
                copy["scope"] = string.Join(' ', scope.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        }

        var shown = Object(SetupSchema.EntryOf(kind.Section), copy, kind.LeftAlone);
        if (kind.Section == "providers" && shown["scopes"] is JsonArray scopes && shown["kind"]?.ToString() != "oauth2" && scopes.Select(name => name!.ToString()).SequenceEqual(UsualScopes))
            shown.Remove("scopes");
        if (kind.Section == "providers" && shown["kind"]?.ToString() == "google" && shown["display_name"]?.ToString() == "Google")
            shown.Remove("display_name");
        return shown;
    }

    private static JsonObject Object(JsonObject schema, JsonObject value, string[] leftAlone)
    {
        var shown = new JsonObject();
        foreach (var (name, property) in schema["properties"]!.AsObject())
            if (Value(property!.AsObject(), value[name]) is { } said && (leftAlone.Contains(name) || !SaysNothing(property.AsObject(), said)))
                shown[name] = said;
        return shown;
    }

    private static JsonNode? Value(JsonObject schema, JsonNode? value) => value switch
    {
        JsonArray list when schema["items"] is JsonObject items && items["properties"] is not null => new JsonArray([.. list.OfType<JsonObject>().Select(item => Object(items, item, [])).OrderBy(Json.OneLine, StringComparer.Ordinal)]),
        JsonArray list => new JsonArray([.. list.Select(item => item?.ToString() ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(item => (JsonNode)item)]),
        JsonObject inner when schema["properties"] is not null => Object(schema, inner, []),
        _ => value?.DeepClone(),
    };

    private static bool SaysNothing(JsonObject schema, JsonNode value) => schema["default"] is { } otherwise
        ? JsonNode.DeepEquals(otherwise, value)
        : value is JsonArray { Count: 0 } or JsonObject { Count: 0 } || (value is JsonValue && value.ToJsonString() is "\"\"" or "false");
}
