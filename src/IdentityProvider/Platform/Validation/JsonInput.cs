using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdentityProvider.Platform.Validation;

/// <summary>
/// Fills a type from the JSON of a caller by its outside names, and goes on after each mistake, so that all are said at once. A setup
/// document may point to secrets in the server's environment and files; a caller must not, and an object in the place of a text is refused.
/// </summary>
internal static class JsonInput
{
    /// <summary>The outside name of a property.</summary>
    public static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    /// <summary>The properties that can be given from outside.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true });

    /// <param name="target">What is filled.</param>
    /// <param name="json">An object.</param>
    /// <param name="ignored">Names that answers have and requests may repeat.</param>
    public static IReadOnlyList<Problem> Fill(object target, JsonElement json, params string[] ignored)
    {
        var problems = new List<Problem>();
        Fill(target, json, "", ignored, problems);
        return problems;
    }

    private static void Fill(object target, JsonElement json, string prefix, string[] ignored, List<Problem> problems)
    {
        var properties = PropertiesOf(target.GetType()).ToDictionary(NameOf, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            var name = Readable(() => member.Name) ?? "?";
            var place = prefix + Constraints.Shown(name);
            if (!seen.Add(name))
                problems.Add(new Problem(place, "is given twice. Remove one."));
            else if (properties.TryGetValue(name, out var property))
                Set(target, property, member.Value, place, problems);
            else if (!ignored.Contains(name))
                problems.Add(new Problem(place, "is not known." + NearestName.Question(name, properties.Keys)));
        }
    }

    /// <summary>null says the same as leaving it out.</summary>
    private static void Set(object target, PropertyInfo property, JsonElement value, string place, List<Problem> problems)
    {
        var hasLines = value.ValueKind == JsonValueKind.String && property.IsDefined(typeof(SeveralLinesAttribute));
        if (value.ValueKind != JsonValueKind.Null && (hasLines ? Text(value, place, problems, "\r\n\t") : Value(value, property.PropertyType, place, problems)) is { } bound)
            property.SetValue(target, bound);
    }

    private static object? Value(JsonElement value, Type type, string place, List<Problem> problems)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return value.ValueKind == JsonValueKind.String ? Text(value, place, problems) : Wrong("a text", place, problems);
        if (type == typeof(bool))
            return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Wrong("true or false", place, problems);
        if (type == typeof(int))
            return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : Wrong("a whole number", place, problems);
        if (type == typeof(JsonElement))
            return value.ValueKind == JsonValueKind.Object ? value.Clone() : Wrong("an object", place, problems);
        if (type.IsGenericType)
            return value.ValueKind == JsonValueKind.Array ? List(value, type, place, problems) : Wrong("a list", place, problems);
        if (value.ValueKind != JsonValueKind.Object)
            return Wrong("an object", place, problems);
        var entry = Activator.CreateInstance(type)!;
        Fill(entry, value, place + ".", [], problems);
        return entry;
    }

    /// <summary>No database takes a zero byte or half a character, and little that is named here has several lines.</summary>
    private static string? Text(JsonElement value, string place, List<Problem> problems, string controls = "")
    {
        if (Readable(value.GetString) is { } text && !text.Any(c => char.IsControl(c) && !controls.Contains(c)))
            return text;
        problems.Add(new Problem(place, "has a character that is not allowed."));
        return null;
    }

    /// <summary>Null where what stands there is no text: half of a surrogate pair, bytes that are no UTF-8.</summary>
    private static string? Readable(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static IList List(JsonElement value, Type type, string place, List<Problem> problems)
    {
        var list = (IList)Activator.CreateInstance(type)!;
        foreach (var (item, i) in value.EnumerateArray().Select((item, i) => (item, i)))
            if (Value(item, type.GetGenericArguments()[0], $"{place}[{i}]", problems) is { } entry)
                list.Add(entry);
        return list;
    }

    private static object? Wrong(string wanted, string place, List<Problem> problems)
    {
        problems.Add(new Problem(place, $"has another form. Write {wanted}."));
        return null;
    }
}
