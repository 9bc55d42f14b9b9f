using System.Data.Common;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace IdentityProvider.Backup.Tables;

/// <summary>
/// A column as the model knows it: reads what a database keeps into a value that is the same for all of them, and writes it back in the way of its
/// own. What a property is in the model is what counts; where that is a type of ours, what it is converted to.
/// </summary>
internal sealed class StoredColumn
{
    private static readonly MethodInfo getValue = typeof(StoredColumn).GetMethod(nameof(GetValue), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly RelationalTypeMapping? mapping;
    private readonly Type model = typeof(string);
    private readonly JsonTimes? times;
    private readonly Func<DbDataReader, int, object> read;

    public StoredColumn(IColumn column)
    {
        Name = column.Name;
        Property = column.PropertyMappings.Count > 0 ? column.PropertyMappings[0].Property : null;
        if (Property is null)
        {
            (Kind, times, read) = (ValueKind.Json, JsonTimes.Of(column), ReaderOf(typeof(string)));
            return;
        }

        mapping = column.PropertyMappings[0].TypeMapping;
        model = Nullable.GetUnderlyingType(Property.ClrType) ?? Property.ClrType;
        var kind = KindOf(model);
        if (kind is null && mapping.Converter is { } converter)
        {
            IsConverted = true;
            kind = KindOf(converter.ProviderClrType);
        }

        Kind = kind ?? throw new NotSupportedException($"{column.Table.Name}.{Name} holds {model.Name}, which is no kind of value a backup knows.");
        read = ReaderOf(mapping.Converter?.ProviderClrType is { } stored ? Nullable.GetUnderlyingType(stored) ?? stored : model);
    }

    public string Name { get; }
    public ValueKind Kind { get; }

    /// <summary>Null for an owned document.</summary>
    public IProperty? Property { get; }

    private bool IsConverted { get; }

    public object? Read(DbDataReader reader, int ordinal)
    {
        if (reader.IsDBNull(ordinal))
            return null;
        var stored = read(reader, ordinal);
        if (Kind == ValueKind.Json)
            return times!.ToText((string)stored);
        return Canonical(IsConverted || mapping!.Converter is null ? stored : mapping.Converter.ConvertFromProvider(stored)!);
    }

    public DbParameter Parameter(DbCommand command, string name, object? value)
    {
        if (Kind != ValueKind.Json)
            return mapping!.CreateParameter(command, name, value is null ? null : Model(value), Property!.IsNullable);
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value is null ? DBNull.Value : times!.ToStored((string)value));
        if (parameter is NpgsqlParameter npgsql)
            npgsql.NpgsqlDbType = NpgsqlDbType.Jsonb;
        return parameter;
    }

    private object Canonical(object value) => Kind switch
    {
        ValueKind.Number => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),

        // SQLite gives a time back without its kind; all of ours are UTC.
        ValueKind.Time when value is DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
        ValueKind.Texts => ((IEnumerable<string>)value).ToList(),
        ValueKind.Numbers => ((IEnumerable<long>)value).ToList(),
        _ => value,
    };

    private object Model(object value)
    {
        if (IsConverted)
            return mapping!.Converter!.ConvertFromProvider(value)!;
        return Kind switch
        {
            ValueKind.Number when model.IsEnum => Enum.ToObject(model, (long)value),
            ValueKind.Number => Convert.ChangeType(value, model, System.Globalization.CultureInfo.InvariantCulture),
            ValueKind.Time when model == typeof(DateTime) => ((DateTimeOffset)value).UtcDateTime,
            _ => value,
        };
    }

    private static ValueKind? KindOf(Type type) => type switch
    {
        _ when type == typeof(string) => ValueKind.Text,
        _ when type == typeof(bool) => ValueKind.Flag,
        _ when type == typeof(int) || type == typeof(long) || type.IsEnum => ValueKind.Number,
        _ when type == typeof(Guid) => ValueKind.Guid,
        _ when type == typeof(byte[]) => ValueKind.Bytes,
        _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) => ValueKind.Time,
        _ when type == typeof(List<string>) => ValueKind.Texts,
        _ when type == typeof(List<long>) => ValueKind.Numbers,
        _ => null,
    };

    private static Func<DbDataReader, int, object> ReaderOf(Type type) => getValue.MakeGenericMethod(type).CreateDelegate<Func<DbDataReader, int, object>>();

    private static object GetValue<T>(DbDataReader reader, int ordinal) => reader.GetFieldValue<T>(ordinal)!;
}
