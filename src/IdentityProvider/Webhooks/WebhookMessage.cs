using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Platform.Events;

namespace IdentityProvider.Webhooks;

/// <summary>What is sent: <c>type</c>, <c>timestamp</c> and <c>data</c> (Standard Webhooks 1.0), the data being the record of the audit.</summary>
internal static class WebhookMessage
{
    public const string Test = "webhooks.test";

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.Default };

    public static string Of(AuditRecord record) => Text(record.Name, record.At, new JsonObject
    {
        ["sequence"] = record.Sequence,
        ["result"] = record.Result,
        ["actor"] = Party(record.ActorKind, record.ActorId),
        ["target"] = record.TargetKind is null ? null : Party(record.TargetKind, record.TargetId),
        ["client_id"] = record.ClientId,
        ["session_id"] = record.SessionId,
        ["address"] = record.Address,
        ["reason"] = record.Reason,
        ["error_id"] = record.ErrorId,
        ["trace_id"] = record.TraceId,
        ["details"] = Parsed(record.Details),
        ["before"] = Parsed(record.Before),
        ["after"] = Parsed(record.After),
    });

    public static string OfTest(DateTimeOffset now) => Text(Test, now, new JsonObject { ["message"] = "An administrator tries whether this webhook is reached." });

    private static string Text(string type, DateTimeOffset at, JsonObject data) =>
        new JsonObject { ["type"] = type, ["timestamp"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture), ["data"] = data }.ToJsonString(Compact);

    private static JsonObject Party(string kind, string? id) => new() { ["kind"] = kind, ["id"] = id };

    private static JsonNode? Parsed(string? json) => json is null ? null : JsonNode.Parse(json);
}
