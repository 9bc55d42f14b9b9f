using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using IdentityProvider.Platform.Events;

namespace IdentityProvider.Audit;

internal sealed record AuditParty([property: JsonPropertyName("kind")] string Kind, [property: JsonPropertyName("id")] string? Id);

/// <summary>A record as it is shown and exported.</summary>
internal sealed record AuditEntry(
    [property: JsonPropertyName("sequence")] long Sequence,
    [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("result")] string Result,
    [property: JsonPropertyName("actor")] AuditParty Actor,
    [property: JsonPropertyName("target")] AuditParty? Target,
    [property: JsonPropertyName("client_id")] string? ClientId,
    [property: JsonPropertyName("session")] string? SessionId,
    [property: JsonPropertyName("ip")] string? Address,
    [property: JsonPropertyName("reason")] string? Reason,
    [property: JsonPropertyName("error_id")] string? ErrorId,
    [property: JsonPropertyName("trace_id")] string? TraceId,
    [property: JsonPropertyName("details")] JsonNode? Details,
    [property: JsonPropertyName("before")] JsonNode? Before,
    [property: JsonPropertyName("after")] JsonNode? After,
    [property: JsonPropertyName("hash")] string? Hash)
{
    public static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n;'");

    private static readonly string[] Columns =
        ["sequence", "at", "name", "result", "actor_kind", "actor_id", "target_kind", "target_id", "client_id", "session", "ip", "reason", "error_id", "trace_id", "details", "before", "after", "hash"];

    public static readonly string CsvHeader = string.Join(',', Columns) + "\r\n";

    public static AuditEntry Of(AuditRecord record) => new(
        record.Sequence, record.At, record.Name, record.Result, new AuditParty(record.ActorKind, record.ActorId),
        record.TargetKind is { } kind ? new AuditParty(kind, record.TargetId) : null,
        record.ClientId, record.SessionId, record.Address, record.Reason, record.ErrorId, record.TraceId, Node(record.Details), Node(record.Before), Node(record.After), record.Hash);

    public static string JsonLine(AuditRecord record) => JsonSerializer.Serialize(Of(record), Json) + "\n";

    public static string CsvLine(AuditRecord record)
    {
        var line = new StringBuilder();
        foreach (var cell in new[]
        {
            record.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture), record.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture), record.Name, record.Result,
            record.ActorKind, record.ActorId, record.TargetKind, record.TargetId, record.ClientId, record.SessionId, record.Address, record.Reason, record.ErrorId, record.TraceId,
            record.Details, record.Before, record.After, record.Hash,
        })
            line.Append(Cell(cell)).Append(',');
        line.Length--;
        return line.Append("\r\n").ToString();
    }

    /// <summary>
    /// RFC 4180; what a spreadsheet would take for a formula is text behind an apostrophe (CSV injection): strangers choose user names and reasons.
    /// </summary>
    internal static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return "";
        var safe = value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' || char.IsControl(value[0]) ? "'" + value : value;
        return safe.AsSpan().IndexOfAny(Quoted) >= 0 ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }

    private static JsonNode? Node(string? json) => json is null ? null : JsonNode.Parse(json);
}
