using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Tests.Testing;

/// <summary>Writes a JSON Schema (draft 2020-12) from types, their annotations and their XML docs.</summary>
internal sealed class JsonSchema(Func<Type, IEnumerable<PropertyInfo>> propertiesOf, Func<PropertyInfo, string> nameOf, bool secretsByReference = true)
{
    public const string Draft = "https://json-schema.org/draft/2020-12/schema";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonNode schema) => schema.ToJsonString(Indented);

    public JsonObject Of(Type type)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (XmlDocs.Of(type) is { Length: > 0 } summary)
            schema["description"] = summary;
        var (properties, required) = (new JsonObject(), new JsonArray());
        var fresh = Activator.CreateInstance(type);
        foreach (var property in propertiesOf(type))
        {
            properties[nameOf(property)] = Of(property, property.GetValue(fresh));
            if (property.IsDefined(typeof(RequiredAttribute)) && property.GetValue(fresh) is null or "")
                required.Add(nameOf(property));
        }

        schema["properties"] = properties;
        if (required.Count > 0)
            schema["required"] = required;
        schema["additionalProperties"] = false;
        return schema;
    }

    private JsonObject Of(PropertyInfo property, object? start)
    {
        var schema = Value(property.PropertyType);
        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
            (schema["items"] as JsonObject ?? schema)["enum"] = new JsonArray([.. allowed.Values.Select(value => JsonValue.Create(value?.ToString()))]);
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            Limit(schema, rule, isList: schema["items"] is not null);
        if (property.IsDefined(typeof(SecretAttribute)) && !secretsByReference)
            schema["writeOnly"] = true;
        else if (property.IsDefined(typeof(SecretAttribute)))
            schema = new JsonObject { ["anyOf"] = new JsonArray(schema, Reference("env"), Reference("file")), ["writeOnly"] = true };
        if (XmlDocs.Of(property) is { Length: > 0 } summary)
            schema["description"] = summary;
        if (Default(start) is { } value)
            schema["default"] = value;
        return schema;
    }

    private static JsonObject Reference(string kind) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { [kind] = new JsonObject { ["type"] = "string" } },
        ["required"] = new JsonArray(kind),
        ["additionalProperties"] = false,
    };

    private JsonObject Value(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(JsonElement))
            return new JsonObject { ["type"] = "object" };
        if (type == typeof(bool))
            return new JsonObject { ["type"] = "boolean" };
        if (type.IsEnum)
            return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => JsonValue.Create(name))]) };
        if (type == typeof(double) || type == typeof(decimal) || type == typeof(float))
            return new JsonObject { ["type"] = "number" };
        if (type.IsPrimitive && type != typeof(char))
            return new JsonObject { ["type"] = "integer" };
        if (SettingsShape.IsValue(type))
            return new JsonObject { ["type"] = "string" };
        if (SettingsShape.DictionaryOf(type) is { } value)
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(value) };
        return SettingsShape.ListOf(type) is { } item ? new JsonObject { ["type"] = "array", ["items"] = Value(item) } : Of(type);
    }

    private static void Limit(JsonObject schema, ValidationAttribute rule, bool isList)
    {
        switch (rule)
        {
            case RangeAttribute range when schema["type"]!.GetValue<string>() is "integer" or "number":
                schema["minimum"] = Number(range.Minimum);
                schema["maximum"] = Number(range.Maximum);
                break;
            case StringLengthAttribute length:
                schema["minLength"] = length.MinimumLength;
                schema["maxLength"] = length.MaximumLength;
                break;
            case MaxLengthAttribute length:
                schema[isList ? "maxItems" : "maxLength"] = length.Length;
                break;
            case MinLengthAttribute length:
                schema[isList ? "minItems" : "minLength"] = length.Length;
                break;
            default:
                break;
        }
    }

    private static JsonNode Number(object bound) => JsonNode.Parse(Convert.ToString(bound, CultureInfo.InvariantCulture)!)!;

    private static JsonNode? Default(object? start) => start switch
    {
        null or "" => null,
        bool flag => flag,
        Enum name => name.ToString(),
        string text => text,
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        IEnumerable<string> list => list.Any() ? new JsonArray([.. list.Select(item => JsonValue.Create(item))]) : null,
        ValueType number when number.GetType().IsPrimitive || number is decimal => Number(number),
        _ => null,
    };
}
