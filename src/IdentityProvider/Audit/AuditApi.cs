using System.Text.Json.Serialization;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Audit;

/// <summary>The audit in the admin API. Nothing here changes it.</summary>
internal static class AuditApi
{
    public const string All = Routes.AdminApi + "/audit";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadAudit).Answers(typeof(AuditPage));
        routes.MapGet(All + "/export", ExportAsync).ForAdministrators(Permission.ReadAudit).Answers(null);
        routes.MapGet(All + "/verify", VerifyAsync).ForAdministrators(Permission.ReadAudit).Answers(typeof(VerdictAnswer));
    }

    /// <summary>
    /// Records, the newest first. All filters that are given have to hold; <c>limit</c> is 1 to 200 (50), <c>after</c> the <c>next</c> of the page before.
    /// </summary>
    private static async Task<IResult> ListAsync([AsParameters] AuditQuery query, Store db, CancellationToken ct, int limit = PageCursor.Usual, long? after = null)
    {
        if (!PageCursor.IsLimit(limit) || after < 1)
            return Refusals.BadPage;
        if (query.Filter is not { } filter)
            return Refusals.BadRequest(AuditFilter.Limits);
        var rows = await filter.In(db).Where(r => after == null || r.Sequence < after).OrderByDescending(r => r.Sequence).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new AuditPage([.. rows.Take(limit).Select(AuditEntry.Of)], rows.Count > limit ? rows[limit - 1].Sequence : null), AuditEntry.Json);
    }

    /// <summary>
    /// All records that the filters find, the oldest first, as a file: <c>format</c> is <c>jsonl</c> (one JSON object a line) or
    /// <c>csv</c>, whose cells no spreadsheet takes for formulas. The export is recorded.
    /// </summary>
    private static async Task<IResult> ExportAsync(HttpContext http, [AsParameters] AuditQuery query, Store db, EventLog events, CancellationToken ct, string format = "jsonl")
    {
        if (!AuditExport.IsFormat(format))
            return Refusals.BadRequest("format is jsonl or csv.");
        if (query.Filter is not { } filter)
            return Refusals.BadRequest(AuditFilter.Limits);
        await AuditExport.SendAsync(http, db, events, filter, format, ct);
        return Results.Empty;
    }

    /// <summary>
    /// Proves the chain in the database: <c>ok</c>, the <c>first</c> and <c>last</c> record that were looked at, how many <c>waiting</c> have no place
    /// yet, the <c>hash</c> at the end to be kept elsewhere, the <c>public_key</c> of the checkpoints, and where it <c>broke</c>. 409 while another proof runs on this node.
    /// </summary>
    private static async Task<IResult> VerifyAsync(AuditVerification verification, CheckpointSeal seal, VerificationTurn turn, TimeProvider clock, CancellationToken ct)
    {
        // It reads all there is: one at a time.
        if (!turn.TryTake())
            return Refusals.Conflict("The audit is being proven already. Ask again in a moment.");
        try
        {
            var verdict = await verification.RunAsync(null, ct);
            turn.Last = new LastProof(clock.GetUtcNow(), verdict);
            return Results.Json(new VerdictAnswer(verdict.Break is null, verdict.From, verdict.To, verdict.Hash, verdict.Waiting, verdict.Break?.Sequence, verdict.Break?.Words, seal.PublicKey), AuditEntry.Json);
        }
        finally
        {
            turn.Release();
        }
    }

    private sealed record AuditPage([property: JsonPropertyName("records")] IReadOnlyList<AuditEntry> Records, [property: JsonPropertyName("next")] long? Next);

    private sealed record VerdictAnswer(
        [property: JsonPropertyName("ok")] bool Ok,
        [property: JsonPropertyName("first")] long First,
        [property: JsonPropertyName("last")] long Last,
        [property: JsonPropertyName("hash")] string Hash,
        [property: JsonPropertyName("waiting")] int Waiting,
        [property: JsonPropertyName("broke_at")] long? BrokeAt,
        [property: JsonPropertyName("broke")] string? Broke,
        [property: JsonPropertyName("public_key")] string PublicKey);
}

/// <summary>The filters as a query carries them.</summary>
internal sealed class AuditQuery
{
    /// <summary>The event, several with commas between, or <c>roles.*</c> for all whose name begins so.</summary>
    [FromQuery(Name = "name")]
    public string? Name { get; set; }

    /// <summary>The id of who did it.</summary>
    [FromQuery(Name = "actor")]
    public string? Actor { get; set; }

    /// <summary>The id of what it was done to.</summary>
    [FromQuery(Name = "target")]
    public string? Target { get; set; }

    /// <summary>The app it was done through.</summary>
    [FromQuery(Name = "client_id")]
    public string? ClientId { get; set; }

    /// <summary>The session it was done in or is about.</summary>
    [FromQuery(Name = "session")]
    public string? Session { get; set; }

    /// <summary>The whole IP address.</summary>
    [FromQuery(Name = "ip")]
    public string? Address { get; set; }

    /// <summary>done, refused or failed.</summary>
    [FromQuery(Name = "result")]
    public string? Result { get; set; }

    /// <summary>Not older; a time like 2026-01-31T00:00:00Z.</summary>
    [FromQuery(Name = "from")]
    public string? From { get; set; }

    /// <summary>Older.</summary>
    [FromQuery(Name = "to")]
    public string? To { get; set; }

    /// <summary>An error id, as the error page and problem documents have it, or a trace id.</summary>
    [FromQuery(Name = "error_id")]
    public string? ErrorId { get; set; }

    /// <summary>Null: something is out of its limits.</summary>
    public AuditFilter? Filter => AuditFilter.Of(key => key switch
    {
        "name" => Name,
        "actor" => Actor,
        "target" => Target,
        "client_id" => ClientId,
        "session" => Session,
        "ip" => Address,
        "result" => Result,
        "from" => From,
        "to" => To,
        _ => ErrorId,
    } is { Length: > 0 } text ? text : null);
}

/// <summary>One proof at a time on each node, and what the last one said.</summary>
internal sealed class VerificationTurn
{
    private int taken;

    /// <summary>When the chain was proven on this node since its start, and with what end.</summary>
    public LastProof? Last { get; set; }

    public bool TryTake() => Interlocked.CompareExchange(ref taken, 1, 0) == 0;

    public void Release() => Volatile.Write(ref taken, 0);
}

internal sealed record LastProof(DateTimeOffset At, AuditVerdict Verdict);
