using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace IdentityProvider.Backup.Tables;

/// <summary>An owned document of a row. SQLite keeps times in it as ticks, the others as text; PostgreSQL keeps names in an order of its own.</summary>
internal sealed class JsonTimes
{
    private readonly List<(string Name, bool AsTicks)> times;
    private readonly List<(string Name, JsonTimes Inner)> inner;

    private JsonTimes(IEntityType type)
    {
        times = [.. type.GetProperties().Where(p => p.GetJsonPropertyName() is not null && (Nullable.GetUnderlyingType(p.ClrType) ?? p.ClrType) == typeof(DateTimeOffset))
            .Select(p => (p.GetJsonPropertyName()!, p.GetRelationalTypeMapping().Converter?.ProviderClrType == typeof(long)))];
        inner = [.. type.GetNavigations().Where(n => !n.IsOnDependent && n.TargetEntityType.IsMappedToJson())
            .Select(n => (n.TargetEntityType.GetJsonPropertyName() ?? n.Name, new JsonTimes(n.TargetEntityType)))];
    }

    /// <summary>The document in this column.</summary>
    public static JsonTimes Of(IColumn column)
    {
        var owners = column.Table.EntityTypeMappings.Select(mapping => mapping.TypeBase).OfType<IEntityType>().Where(type => !type.IsOwned());
        var document = owners.SelectMany(type => type.GetNavigations()).Select(navigation => navigation.TargetEntityType)
            .FirstOrDefault(type => type.IsMappedToJson() && type.GetContainerColumnName() == column.Name);
        return new JsonTimes(document ?? throw new NotSupportedException($"{column.Table.Name}.{column.Name} is neither a property nor an owned document."));
    }

    /// <summary>The same text for the same document.</summary>
    public string ToText(string stored) => Change(Sorted(JsonNode.Parse(stored)), static (value, _) => value is JsonValue number && number.GetValueKind() == JsonValueKind.Number
        ? JsonValue.Create(new DateTimeOffset(number.GetValue<long>(), TimeSpan.Zero).ToString("O", CultureInfo.InvariantCulture))
        : value);

    public string ToStored(string text) => Change(JsonNode.Parse(text), static (value, asTicks) => asTicks && value is JsonValue time && time.GetValueKind() == JsonValueKind.String
        ? JsonValue.Create(DateTimeOffset.Parse(time.GetValue<string>(), CultureInfo.InvariantCulture).UtcTicks)
        : value);

    private string Change(JsonNode? node, Func<JsonNode?, bool, JsonNode?> change)
    {
        Walk(node, change);
        return node?.ToJsonString() ?? "null";
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject row => new JsonObject(row.OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => KeyValuePair.Create(part.Key, Sorted(part.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private void Walk(JsonNode? node, Func<JsonNode?, bool, JsonNode?> change)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
                Walk(item, change);
            return;
        }

        if (node is not JsonObject row)
            return;
        foreach (var (name, asTicks) in times.Where(time => row.ContainsKey(time.Name)))
        {
            var before = row[name];
            var after = change(before, asTicks);
            if (!ReferenceEquals(before, after))
                row[name] = after;
        }

        foreach (var (name, part) in inner)
            part.Walk(row[name], change);
    }
}
