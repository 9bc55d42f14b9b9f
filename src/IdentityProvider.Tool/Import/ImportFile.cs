using System.Runtime.CompilerServices;
using System.Text.Json;

namespace IdentityProvider.Tool.Import;

/// <summary>One person of a file.</summary>
/// <param name="Place">The line, or the number in the array; both count from 1.</param>
/// <param name="Json">The object, on one line.</param>
/// <param name="Problem">Why it is none.</param>
internal readonly record struct ImportRecord(long Place, string Json, string? Problem = null);

/// <summary>Reads people one after the other: a line each, an array, or an array in an object.</summary>
internal static class ImportFile
{
    /// <param name="path">The file.</param>
    /// <param name="member">The member of an object that has the array; null for lines or an array.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ToolException">The file cannot be read, or is no JSON from some place on.</exception>
    public static async IAsyncEnumerable<ImportRecord> ReadAsync(string path, string? member, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var stream = Open(path);
        var records = member is not null ? MemberAsync(stream, path, member, ct) : await StartsWithBracketAsync(stream, ct) ? ArrayAsync(stream, path, ct) : LinesAsync(stream, ct);
        await foreach (var record in records)
            yield return record;
    }

    private static async IAsyncEnumerable<ImportRecord> LinesAsync(Stream stream, [EnumeratorCancellation] CancellationToken ct)
    {
        using var reader = new StreamReader(stream);
        for (long line = 1; await reader.ReadLineAsync(ct) is { } text; line++)
            if (!string.IsNullOrWhiteSpace(text))
                yield return Parse(line, text);
    }

    private static ImportRecord Parse(long line, string text)
    {
        try
        {
            return Of(line, JsonElement.Parse(text));
        }
        catch (JsonException)
        {
            return new(line, "", "is no JSON object");
        }
    }

    private static async IAsyncEnumerable<ImportRecord> ArrayAsync(Stream stream, string path, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var elements = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(stream, cancellationToken: ct).GetAsyncEnumerator(ct);
        for (long number = 1; await NextAsync(elements, path, number); number++)
            yield return Of(number, elements.Current);
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<JsonElement> elements, string path, long number)
    {
        try
        {
            return await elements.MoveNextAsync();
        }
        catch (JsonException)
        {
            throw new ToolException($"{path}: the rest, from number {number} or some before, is no JSON.");
        }
    }

    private static async IAsyncEnumerable<ImportRecord> MemberAsync(Stream stream, string path, string member, [EnumeratorCancellation] CancellationToken ct)
    {
        using var document = await DocumentAsync(stream, path, ct);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(member, out var list) || list.ValueKind != JsonValueKind.Array)
            throw new ToolException($"{path} is no object with an array called {member}.");
        long number = 0;
        foreach (var element in list.EnumerateArray())
            yield return Of(++number, element);
    }

    private static async Task<JsonDocument> DocumentAsync(Stream stream, string path, CancellationToken ct)
    {
        try
        {
            return await JsonDocument.ParseAsync(stream, cancellationToken: ct);
        }
        catch (JsonException exception)
        {
            throw new ToolException($"{path} is not JSON: {exception.Message}");
        }
    }

    private static ImportRecord Of(long place, JsonElement element) => element.ValueKind == JsonValueKind.Object ? new(place, element.GetRawText()) : new(place, "", "is no JSON object");

    private static async Task<bool> StartsWithBracketAsync(Stream stream, CancellationToken ct)
    {
        var start = new byte[64];
        var read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
        stream.Position = 0;
        return System.Text.Encoding.UTF8.GetString(start, 0, read).TrimStart('\uFEFF').TrimStart().StartsWith('[');
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.SequentialScan | FileOptions.Asynchronous);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw ToolException.Misused($"{path} cannot be read: {exception.Message}");
        }
    }
}
