using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace IdentityProvider.Tests.Deployment;

/// <summary>As much of JSON Schema (draft 7) as the chart's values need. An unknown keyword is a problem, so that none is silently ignored.</summary>
internal static class SchemaCheck
{
    public static IEnumerable<string> Problems(JsonNode? value, JsonNode schema, string path = "")
    {
        foreach (var (keyword, rule) in schema.AsObject())
            foreach (var problem in Problems(value, schema, keyword, rule!, path))
                yield return problem;
    }

    private static IEnumerable<string> Problems(JsonNode? value, JsonNode schema, string keyword, JsonNode rule, string path)
    {
        switch (keyword)
        {
            case "$schema" or "title" or "description" or "properties":
                return keyword == "properties" && value is JsonObject given
                    ? rule.AsObject().Where(property => given.ContainsKey(property.Key)).SelectMany(property => Problems(given[property.Key], property.Value!, $"{path}.{property.Key}"))
                    : [];
            case "additionalProperties" when value is JsonObject group:
                var others = group.Where(member => schema["properties"]?[member.Key] is null);
                return rule is JsonObject inner ? others.SelectMany(member => Problems(member.Value, inner, $"{path}.{member.Key}")) : others.Select(member => $"{path}.{member.Key} is unknown");
            case "propertyNames" when value is JsonObject group:
                return group.SelectMany(member => Problems(JsonValue.Create(member.Key), rule, $"{path}.{member.Key} (name)"));
            case "required" when value is JsonObject group:
                return rule.AsArray().Where(name => !group.ContainsKey((string)name!)).Select(name => $"{path}.{name} is missing");
            case "items" when value is JsonArray list:
                return list.SelectMany((item, i) => Problems(item, rule, $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]"));
            case "additionalProperties" or "propertyNames" or "required" or "items":
                return [];
            default:
                return Holds(value, keyword, rule) ? [] : [$"{path} breaks {keyword} {rule.ToJsonString()}"];
        }
    }

    private static bool Holds(JsonNode? value, string keyword, JsonNode rule) => keyword switch
    {
        "type" => (rule is JsonArray kinds ? kinds : [rule.DeepClone()]).Any(kind => Is(value, (string)kind!)),
        "enum" => rule.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)),
        "pattern" => value is not JsonValue text || !text.TryGetValue<string>(out var written) || Regex.IsMatch(written, (string)rule!, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)),
        "minLength" => value is not JsonValue text || !text.TryGetValue<string>(out var written) || written.Length >= (int)rule,
        "minimum" => value is not JsonValue number || !number.TryGetValue<long>(out var counted) || counted >= (long)rule,
        "maximum" => value is not JsonValue number || !number.TryGetValue<long>(out var counted) || counted <= (long)rule,
        _ => throw new InvalidOperationException($"The check does not know the keyword {keyword}."),
    };

    private static bool Is(JsonNode? value, string kind) => (kind, value?.GetValueKind()) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => value!.AsValue().TryGetValue<long>(out _),
        _ => false,
    };
}
