using System.Diagnostics;
using System.Security.Claims;
using System.Text.Json;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Events;

/// <summary>Who a request acts for. The room that found it out says so (<see cref="Set"/>); of a bearer token it is read.</summary>
internal sealed record Caller(string Kind, string? Id, string? SessionId = null, string? ClientId = null)
{
    public const string User = "user", ApiKey = "api_key", Client = "client", System = "system", Anonymous = "anonymous";

    private static readonly Caller Nobody = new(Anonymous, null);
    private static readonly object ThroughKey = new();

    public static void Set(HttpContext http, Caller? caller) => http.Items[typeof(Caller)] = caller;

    /// <summary>The client whose request somebody answers here.</summary>
    public static void Through(HttpContext http, string clientId) => http.Items[ThroughKey] = clientId;

    public static Caller Of(HttpContext http)
    {
        var caller = http.Items[typeof(Caller)] as Caller ?? OfToken(http.User) ?? Nobody;
        return caller.ClientId is null && http.Items[ThroughKey] is string client ? caller with { ClientId = client } : caller;
    }

    private static Caller? OfToken(ClaimsPrincipal token)
    {
        var (subject, client) = (token.FindFirst("sub")?.Value, token.FindFirst("client_id")?.Value);
        if (subject is null)
            return null;
        if (BearerTokens.IsApiKey(token))
            return new Caller(ApiKey, token.FindFirst("api_key_id")?.Value);

        // RFC 8693 section 4.1: who acts is the actor, whomever the token speaks of.
        return new Caller(BearerTokens.PersonOf(token) is null ? Client : User, ActorOf(token) ?? subject, token.FindFirst("sid")?.Value, client);
    }

    private static string? ActorOf(ClaimsPrincipal token)
    {
        if (token.FindFirst("act")?.Value is not { } act)
            return null;
        using var json = JsonDocument.Parse(act);
        return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("sub", out var actor) ? actor.GetString() : null;
    }
}

/// <summary>Where an event comes from: the one place that reads it off a request. Work in the background is the system's.</summary>
internal sealed record Origin(Caller Caller, string? Address, string? ErrorId, string? TraceId)
{
    public static Origin Of(HttpContext? http) => http is null
        ? new Origin(new Caller(Caller.System, null), null, null, Trace)
        : new Origin(Caller.Of(http), ClientAddress.Shown(http), http.Items["error_id"] as string, Trace);

    private static string? Trace => Activity.Current?.TraceId.ToHexString();
}
