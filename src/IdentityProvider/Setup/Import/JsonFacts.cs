using System.Globalization;
using System.Text.Json;

namespace IdentityProvider.Setup.Import;

/// <summary>Values of somebody else's JSON: what is missing or of another kind is null.</summary>
internal static class JsonFacts
{
    public static JsonElement? Member(this JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement from, string name) => from.Member(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    public static bool Flag(this JsonElement from, string name, bool otherwise = false) => from.Member(name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,

        // SQLite and MySQL write booleans as numbers.
        JsonValueKind.Number => from.Number(name) != 0,
        _ => otherwise,
    };

    public static long? Number(this JsonElement from, string name) =>
        from.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    public static Guid? Id(this JsonElement from, string name) => Guid.TryParse(from.Text(name), out var id) && id != Guid.Empty ? id : null;

    public static DateTimeOffset? Time(this JsonElement from, string name) =>
        DateTimeOffset.TryParse(from.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public static IEnumerable<JsonElement> Items(this JsonElement from, string name) =>
        from.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>JSON that another system wrapped into a text.</summary>
    public static JsonElement Inner(this JsonElement from, string name)
    {
        try
        {
            return from.Text(name) is { } text ? JsonDocument.Parse(text).RootElement : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
