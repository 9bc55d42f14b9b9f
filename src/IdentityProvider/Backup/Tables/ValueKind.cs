using System.Text;

namespace IdentityProvider.Backup.Tables;

/// <summary>What a value is, whatever type a database keeps it in. The names are part of the format of backups.</summary>
internal enum ValueKind
{
    Text,
    Flag,
    Number,
    Guid,
    Bytes,

    /// <summary>A moment: ticks of UTC.</summary>
    Time,
    Texts,
    Numbers,

    /// <summary>An owned document; times in it as ISO 8601.</summary>
    Json,
}

/// <summary>Values in bytes: 0 for null, else 1 and the value.</summary>
internal static class ValueBytes
{
    public static void Write(BinaryWriter writer, ValueKind kind, object? value)
    {
        writer.Write(value is not null);
        if (value is null)
            return;
        switch (kind)
        {
            case ValueKind.Text or ValueKind.Json:
                writer.Write((string)value);
                break;
            case ValueKind.Flag:
                writer.Write((bool)value);
                break;
            case ValueKind.Number:
                writer.Write((long)value);
                break;
            case ValueKind.Guid:
                writer.Write(((Guid)value).ToByteArray(bigEndian: true));
                break;
            case ValueKind.Bytes:
                writer.Write7BitEncodedInt(((byte[])value).Length);
                writer.Write((byte[])value);
                break;
            case ValueKind.Time:
                writer.Write(((DateTimeOffset)value).UtcTicks);
                break;
            case ValueKind.Texts:
                var texts = (List<string>)value;
                writer.Write7BitEncodedInt(texts.Count);
                texts.ForEach(writer.Write);
                break;
            case ValueKind.Numbers:
                var numbers = (List<long>)value;
                writer.Write7BitEncodedInt(numbers.Count);
                numbers.ForEach(writer.Write);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of value.");
        }
    }

    public static object? Read(BinaryReader reader, ValueKind kind) => !reader.ReadBoolean() ? null : kind switch
    {
        ValueKind.Text or ValueKind.Json => reader.ReadString(),
        ValueKind.Flag => reader.ReadBoolean(),
        ValueKind.Number => reader.ReadInt64(),
        ValueKind.Guid => new Guid(reader.ReadBytes(16), bigEndian: true),
        ValueKind.Bytes => reader.ReadBytes(reader.Read7BitEncodedInt()),
        ValueKind.Time => new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
        ValueKind.Texts => Enumerable.Range(0, reader.Read7BitEncodedInt()).Select(_ => reader.ReadString()).ToList(),
        ValueKind.Numbers => Enumerable.Range(0, reader.Read7BitEncodedInt()).Select(_ => reader.ReadInt64()).ToList(),
        _ => throw new InvalidDataException($"There is no kind of value {kind}."),
    };

    public static readonly Encoding Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
