using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json.Serialization;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions.Admin;

/// <summary>Sessions in the admin API.</summary>
internal static class SessionsApi
{
    public const int MostRows = 200;

    /// <summary>The day somebody presses it they are awake: a token that lies about must not.</summary>
    private static readonly TimeSpan PanicMaxAge = TimeSpan.FromMinutes(15);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.AdminApi + "/sessions", ListAsync).ForAdministrators(Permission.ReadSessions).Answers(typeof(SessionList));
        routes.MapDelete(Routes.AdminApi + "/sessions/{sid:guid}", EndAsync).ForAdministrators(Permission.ManageSessions).AnswersNothing();
        routes.MapDelete(Routes.AdminApi + "/users/{sub:guid}/sessions", EndAllAsync).ForAdministrators(Permission.ManageSessions).AnswersNothing();
        routes.MapPost(Routes.AdminApi + "/panic", PanicAsync).ForAdministrators(PanicMaxAge, Permission.ManageKeys, Permission.ManageSessions).Takes(typeof(PanicRequest)).Answers(typeof(PanicResult));
    }

    /// <summary>
    /// Sessions that live, the newest first. <c>user</c> is a user name, an e-mail address or a subject,
    /// <c>client_id</c> an app that signed in through the session, <c>ip</c> the whole address, <c>limit</c> 1 to 200 (50), <c>after</c> the
    /// <c>next</c> of the page before. 400 for a parameter out of its limits.
    /// </summary>
    private static async Task<IResult> ListAsync(
        SessionSearch search, TimeProvider clock, CancellationToken ct, string? user = null, [FromQuery(Name = "client_id")] string? clientId = null, string? ip = null, int limit = 50, string? after = null)
    {
        if (user?.Length > 254 || clientId?.Length > 100 || ip?.Length > 64 || (after is not null && !SessionSearch.IsCursor(after)) || limit is < 1 or > MostRows)
            return Refusals.BadRequest($"user has at most 254 characters, client_id 100, ip 64; limit is 1 to {MostRows}; after is the next of an answer.");
        var (sessions, next) = await search.FindAsync(new SessionFilter(user, clientId, ip), after, limit, ct);
        var now = clock.GetUtcNow();
        return Results.Json(new SessionList([.. sessions.Select(live => SessionEntry.Of(live, now))], next));
    }

    /// <summary>Ends a session, and everything given in it.</summary>
    private static async Task<IResult> EndAsync(Guid sid, ClaimsPrincipal token, SessionEnding ending, CancellationToken ct) =>
        await ending.EndAsync(BearerTokens.PersonOf(token)!.Value, sid, ct) ? Results.NoContent() : Refusals.Missing("session");

    /// <summary>Ends all sessions of a person, everything ever issued for them, and the trust in their devices.</summary>
    private static async Task<IResult> EndAllAsync(Guid sub, ClaimsPrincipal token, SessionEnding ending, CancellationToken ct) =>
        await ending.EndAllAsync(BearerTokens.PersonOf(token)!.Value, sub, ct) ? Results.NoContent() : Refusals.Missing("person");

    /// <summary>Ends every session, grant and token and replaces all signing keys, as the command does; with the issuer in <c>confirm</c> and a sign-in of the last 15 minutes. The caller's token ends too.</summary>
    private static async Task<IResult> PanicAsync(HttpContext http, IOptions<IdentityProviderOptions> server, Panic panic, CancellationToken ct)
    {
        var request = new PanicRequest();
        if (await JsonBody.FillAsync(http, request, () => [], ct) is { } unfit)
            return unfit;
        if (request.Confirm != server.Value.Issuer)
            return Refusals.BadRequest("Nothing was done. This signs out everybody and breaks every token. If you mean it, send this server's issuer as confirm.");
        var (sessions, grants) = await panic.RunAsync(ct);
        return Results.Json(new PanicResult(sessions, grants));
    }

    private sealed class PanicRequest
    {
        [MaxLength(500)]
        public string? Confirm { get; set; }
    }

    private sealed record PanicResult([property: JsonPropertyName("sessions")] int Sessions, [property: JsonPropertyName("grants")] int Grants);

    private sealed record SessionList(
        [property: JsonPropertyName("sessions")] IReadOnlyList<SessionEntry> Sessions,
        [property: JsonPropertyName("next"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next);

    /// <summary>expires_in: seconds until it ends when it is not used; expires_at: when it ends whatever happens; actor: the sub of the administrator who acts for the person in it.</summary>
    private sealed record SessionEntry(
        [property: JsonPropertyName("sid")] Guid Sid,
        [property: JsonPropertyName("sub")] Guid Sub,
        [property: JsonPropertyName("preferred_username")] string UserName,
        [property: JsonPropertyName("name")] string? Name,
        [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
        [property: JsonPropertyName("last_seen_at")] DateTimeOffset LastSeenAt,
        [property: JsonPropertyName("expires_in")] long ExpiresIn,
        [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt,
        [property: JsonPropertyName("ip")] string? Address,
        [property: JsonPropertyName("place")] string? Place,
        [property: JsonPropertyName("browser")] string Browser,
        [property: JsonPropertyName("amr")] IReadOnlyList<string> Methods,
        [property: JsonPropertyName("client_ids")] IReadOnlyList<string> Clients,
        [property: JsonPropertyName("actor"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Actor,
        [property: JsonPropertyName("actor_reason"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ActorReason)
    {
        public static SessionEntry Of(LiveSession live, DateTimeOffset now) => new(
            live.Session.Id, live.Session.UserId, live.UserName, live.Name, live.Session.CreatedAt, live.Session.LastSeenAt, (long)(live.Session.IdleExpiresAt - now).TotalSeconds, live.Session.ExpiresAt,
            live.Session.Address, live.Place, live.Browser, [.. live.Session.Factors.Select(f => f.Method)], [.. live.Clients.Select(c => c.ClientId)], live.Session.ActorId, live.Session.ActorReason);
    }
}
