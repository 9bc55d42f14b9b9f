using System.Text;
using System.Text.Json;

namespace IdentityProvider.Setup;

/// <summary>A JSON value and the line it starts on.</summary>
internal sealed record SourceNode(JsonValueKind Kind, int Line)
{
    /// <summary>A string's text, or a number as written.</summary>
    public string Text { get; init; } = "";

    public List<SourceMember> Members { get; } = [];

    public List<SourceNode> Items { get; } = [];

    public string KindName => Kind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "null",
    };

    /// <summary>The value without its lines.</summary>
    public JsonElement ToElement()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            Write(writer);
        return JsonElement.Parse(stream.ToArray());
    }

    private void Write(Utf8JsonWriter writer)
    {
        switch (Kind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in Members)
                {
                    writer.WritePropertyName(member.Name);
                    member.Value.Write(writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                Items.ForEach(item => item.Write(writer));
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Text);
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(Text);
                break;
            case JsonValueKind.Null:
                writer.WriteNullValue();
                break;
            default:
                writer.WriteBooleanValue(Kind == JsonValueKind.True);
                break;
        }
    }
}

internal sealed record SourceMember(string Name, int Line, SourceNode Value);

/// <summary>Reads JSON with its lines. Comments and trailing commas are welcome: people write these documents.</summary>
internal static class SourceReader
{
    private static readonly JsonReaderOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = 16,
    };

    /// <exception cref="JsonException">The text is not JSON; the exception has the line, counted from 0.</exception>
    public static SourceNode Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8, Options);
        var lines = new LineCounter(utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8);
        reader.Read();
        var root = Value(ref reader, ref lines);
        reader.Read();
        return root;
    }

    private static SourceNode Value(ref Utf8JsonReader reader, ref LineCounter lines)
    {
        var line = lines.At(reader.TokenStartIndex);
        var node = reader.TokenType switch
        {
            JsonTokenType.StartObject => new SourceNode(JsonValueKind.Object, line),
            JsonTokenType.StartArray => new SourceNode(JsonValueKind.Array, line),
            JsonTokenType.String => new SourceNode(JsonValueKind.String, line) { Text = reader.GetString()! },
            JsonTokenType.Number => new SourceNode(JsonValueKind.Number, line) { Text = Encoding.UTF8.GetString(reader.ValueSpan) },
            JsonTokenType.True => new SourceNode(JsonValueKind.True, line),
            JsonTokenType.False => new SourceNode(JsonValueKind.False, line),
            _ => new SourceNode(JsonValueKind.Null, line),
        };
        if (node.Kind == JsonValueKind.Object)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (name, at) = (reader.GetString()!, lines.At(reader.TokenStartIndex));
                reader.Read();
                node.Members.Add(new SourceMember(name, at, Value(ref reader, ref lines)));
            }
        }
        else if (node.Kind == JsonValueKind.Array)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                node.Items.Add(Value(ref reader, ref lines));
        }

        return node;
    }

    /// <summary>Asked in rising order, so each byte is looked at once.</summary>
    private ref struct LineCounter(ReadOnlySpan<byte> utf8)
    {
        private readonly ReadOnlySpan<byte> utf8 = utf8;
        private int counted;
        private int line = 1;

        public int At(long index)
        {
            line += utf8[counted..(int)index].Count((byte)'\n');
            counted = (int)index;
            return line;
        }
    }
}
