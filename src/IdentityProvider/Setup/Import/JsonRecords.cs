using System.Text.Json;

namespace IdentityProvider.Setup.Import;

/// <summary>One object of a file; <see cref="Problem"/> where it is no JSON.</summary>
/// <param name="Place">Line of the file, or number of the object in its array; both count from 1.</param>
/// <param name="Value">The object.</param>
/// <param name="Problem">What is wrong with it.</param>
internal readonly record struct JsonRecord(long Place, JsonElement Value, string? Problem = null);

/// <summary>Reads the objects of a file one after the other, however large it is: a line each, an array, or an array called <c>users</c> in an object.</summary>
internal static class JsonRecords
{
    private const int MaxRecord = 1024 * 1024;

    public static async IAsyncEnumerable<JsonRecord> LinesAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        for (long line = 1; await reader.ReadLineAsync() is { } text; line++)
            if (!string.IsNullOrWhiteSpace(text))
                yield return Parse(line, text);
    }

    /// <param name="stream">A JSON array of objects, or an object.</param>
    /// <param name="property">The member of the object that holds the array; null where the file is the array.</param>
    /// <exception cref="JsonException">The file is not JSON; what came before was yielded.</exception>
    public static async IAsyncEnumerable<JsonRecord> ArrayAsync(Stream stream, string? property)
    {
        var scan = new Scan(property);
        var (buffer, filled, place) = (new byte[64 * 1024], 0, 0L);
        while (!scan.Done)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(filled));
            filled += read;
            var (found, consumed) = scan.Read(buffer.AsSpan(0, filled), isLast: read == 0);
            foreach (var element in found)
                yield return new(++place, element);
            if (read == 0)
                break;
            buffer.AsSpan(consumed, filled - consumed).CopyTo(buffer);
            filled -= consumed;
            if (filled == buffer.Length)
                buffer = buffer.Length < MaxRecord ? Grown(buffer) : throw new JsonException($"The object after number {place} has more than {MaxRecord} bytes.");
        }
    }

    private static JsonRecord Parse(long line, string text)
    {
        if (text.Length > MaxRecord)
            return new(line, default, $"has more than {MaxRecord} characters");
        try
        {
            return new(line, JsonDocument.Parse(text).RootElement);
        }
        catch (JsonException)
        {
            return new(line, default, "is no JSON object");
        }
    }

    private static byte[] Grown(byte[] buffer)
    {
        Array.Resize(ref buffer, buffer.Length * 2);
        return buffer;
    }

    /// <summary>How far into the file we are.</summary>
    private sealed class Scan(string? property)
    {
        private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = 64, CommentHandling = JsonCommentHandling.Skip });
        private bool named, inside;

        public bool Done { get; private set; }

        public (List<JsonElement> Found, int Consumed) Read(ReadOnlySpan<byte> bytes, bool isLast)
        {
            var found = new List<JsonElement>();
            var reader = new Utf8JsonReader(bytes, isLast, state);
            var consumed = 0;
            while (!Done && reader.Read())
            {
                if (inside && reader.TokenType == JsonTokenType.StartObject)
                {
                    // Half an object waits, from its first brace, for the rest.
                    var start = (int)reader.TokenStartIndex;
                    if (!reader.TrySkip())
                        break;
                    found.Add(JsonElement.Parse(bytes[start..(int)reader.BytesConsumed]));
                }
                else if (inside)
                {
                    Done = reader.TokenType == JsonTokenType.EndArray ? true : throw new JsonException("The array holds something that is no object.");
                }
                else
                {
                    inside = reader.TokenType == JsonTokenType.StartArray && (property is null ? reader.CurrentDepth == 0 : named && reader.CurrentDepth == 1);
                    named = reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && property is not null && reader.ValueTextEquals(property);
                }

                (state, consumed) = (reader.CurrentState, (int)reader.BytesConsumed);
            }

            return (found, consumed);
        }
    }
}
