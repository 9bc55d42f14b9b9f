using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdentityProvider.Platform.Events;

/// <summary>Sorts what an event says into the columns of the audit; what has no column goes into the details.</summary>
internal static class AuditFacts
{
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,

        // Kept, hashed and exported as JSON, never put into a page as it is.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static AuditRecord Read(IEvent news, Origin origin, DateTimeOffset now)
    {
        var facts = new Dictionary<string, object?>(news.Facts.Where(fact => fact.Value is not null and not ""));
        var target = news.Target ?? (Take(facts, "user") is { } user and not "unknown" ? new EventTarget("user", user) : null);
        var (kind, actor) = ActorOf(origin.Caller, facts);
        return new AuditRecord
        {
            Id = Guid.CreateVersion7(now),
            At = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero),
            Name = Bounded(news.Name, 100)!,
            Result = news.Result.ToString().ToLowerInvariant(),
            ActorKind = kind,
            ActorId = Bounded(actor, 100),
            TargetKind = Bounded(target?.Kind, 30),
            TargetId = Bounded(target?.Id, 200),
            ClientId = Bounded((target?.Kind == "client" ? null : Take(facts, "client")) ?? origin.Caller.ClientId, 100),
            SessionId = Bounded((target?.Kind == "session" ? null : Take(facts, "session")) ?? origin.Caller.SessionId, 36),
            Address = Bounded(Take(facts, "ip") ?? origin.Address, 64),
            Reason = Bounded(Take(facts, "reason"), 200),
            ErrorId = Bounded(Take(facts, "error_id") ?? origin.ErrorId, 64),
            TraceId = origin.TraceId,
            Details = Json(facts.Count == 0 ? null : new SortedDictionary<string, object?>(facts, StringComparer.Ordinal)),
            Before = Json(news.Before),
            After = Json(news.After),
        };
    }

    /// <summary>Who the request acts for; what the event says of its actor where there is no request, or as the owner behind a key.</summary>
    private static (string Kind, string? Id) ActorOf(Caller caller, Dictionary<string, object?> facts)
    {
        if (!facts.TryGetValue("actor", out var said))
            return (caller.Kind, caller.Id);
        var id = Text(said);
        if (caller.Id == id || caller.Kind is Caller.Anonymous or Caller.System)
        {
            facts.Remove("actor");
            return caller.Id == id ? (caller.Kind, id) : (Caller.User, id);
        }

        return (caller.Kind, caller.Id);
    }

    private static string? Take(Dictionary<string, object?> facts, string key) => facts.Remove(key, out var value) ? Text(value) : null;

    private static string? Text(object? value) => value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value?.ToString();

    private static string? Json(object? value)
    {
        if (value is null)
            return null;
        var json = JsonSerializer.Serialize(value, value.GetType(), Names);
        return json.Length <= AuditRecord.MaxJson ? Bounded(json, AuditRecord.MaxJson) : $"{{\"too_long\":{json.Length}}}";
    }

    /// <summary>PostgreSQL stores no zero byte, and half a surrogate pair is no text.</summary>
    private static string? Bounded(string? text, int length)
    {
        if (text is null)
            return null;
        var end = text.Length <= length ? text.Length : char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return string.Create(end, text, static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(from[i]) || (char.IsSurrogate(from[i]) && !Paired(from, i)) ? '?' : from[i];
        });

        static bool Paired(string from, int i) => char.IsHighSurrogate(from[i]) ? i + 1 < from.Length && char.IsLowSurrogate(from[i + 1]) : i > 0 && char.IsHighSurrogate(from[i - 1]);
    }
}
