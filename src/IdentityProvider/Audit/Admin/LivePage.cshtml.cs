using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace IdentityProvider.Audit.Admin;

/// <summary>/admin/audit/live: records as they are written (server-sent events), until the session or the permission ends.</summary>
[SignedInPage, Permission(Permission.ReadAudit)]
internal sealed class LivePage(
    ConsoleUsers console, AuditQuestions questions, AuditNames names, LiveTail tail, SessionStore sessions, IHostApplicationLifetime server, TimeProvider clock, Store db) : PageModel
{
    /// <summary>How long somebody may go on reading who may not any more.</summary>
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(2);

    /// <summary>Of what came before, so many at most: the list has the rest.</summary>
    private const int Past = 200;

    public async Task<IActionResult> OnGetAsync(long? after, CancellationToken ct)
    {
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        if ((await questions.ReadAsync(Request, await console.OfAsync(HttpContext, ct), ct)).Filter is not { } filter)
            return StatusCode(StatusCodes.Status400BadRequest);
        using var listener = tail.Join(session.UserId);
        if (listener is null)
            return StatusCode(StatusCodes.Status429TooManyRequests);
        Response.ContentType = "text/event-stream";
        Response.Headers.CacheControl = "no-store";

        // A proxy that collects answers would keep them back (nginx).
        Response.Headers["X-Accel-Buffering"] = "no";
        using var open = CancellationTokenSource.CreateLinkedTokenSource(ct, server.ApplicationStopping);
        try
        {
            await FollowAsync(session, filter, Seen(after), listener, open.Token);
        }
        catch (OperationCanceledException) when (open.IsCancellationRequested)
        {
            // Whoever looked has gone, or the server stops.
        }

        return new EmptyResult();
    }

    /// <summary>A browser that comes back says what it was told last.</summary>
    private long? Seen(long? after) => long.TryParse(Request.Headers["Last-Event-ID"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told : after;

    private async Task FollowAsync(Session session, AuditFilter filter, long? after, Listener listener, CancellationToken ct)
    {
        await Response.WriteAsync("retry: 2000\n\n", ct);
        await Response.Body.FlushAsync(ct);
        var begin = await listener.Begin.WaitAsync(ct);
        if (after < begin)
            await TellAsync([.. (await filter.In(db).Where(r => r.Sequence > after && r.Sequence <= begin).OrderByDescending(r => r.Sequence).Take(Past).ToListAsync(ct)).OrderBy(r => r.Sequence)], ct);
        while (await StandsAsync(session, ct))
        {
            using var turn = CancellationTokenSource.CreateLinkedTokenSource(ct);
            turn.CancelAfter(Recheck);
            try
            {
                while (await listener.News.WaitToReadAsync(turn.Token))
                    while (!turn.IsCancellationRequested && listener.News.TryRead(out var records))
                        await TellAsync([.. filter.Among(records.AsQueryable())], ct);

                // Too slow: the browser comes back by itself.
                return;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                await SendAsync(":\n\n", ct);
            }
        }

        await SendAsync("event: over\ndata:\n\n", ct);
    }

    private async Task TellAsync(IReadOnlyList<AuditRecord> records, CancellationToken ct)
    {
        if (records.Count == 0)
            return;
        foreach (var row in await names.OfAsync(records, await console.OfAsync(HttpContext, ct), ct))
            await Response.WriteAsync($"id: {row.Record.Sequence.ToString(CultureInfo.InvariantCulture)}\ndata: {JsonSerializer.Serialize(LiveRecord.Of(row, Request.PathBase))}\n\n", ct);
        await Response.Body.FlushAsync(ct);
    }

    private async Task SendAsync(string text, CancellationToken ct)
    {
        await Response.WriteAsync(text, ct);
        await Response.Body.FlushAsync(ct);
    }

    /// <summary>Read from the row, and not through the store of sessions: looking on must not keep a session alive that nobody uses.</summary>
    private async Task<bool> StandsAsync(Session session, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await db.Set<Session>().AnyAsync(s => s.Id == session.Id && s.CompletedAt != null && s.IdleExpiresAt > now && s.ExpiresAt > now && s.User.DisabledAt == null, ct)
            && (await console.OfAsync(HttpContext, ct)).May(Permission.ReadAudit);
    }
}

/// <summary>A row of the list for the script that adds it; every text is put in as text.</summary>
internal sealed record LiveRecord(
    [property: JsonPropertyName("sequence")] long Sequence,
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("at")] string At,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("outcome")] string? Outcome,
    [property: JsonPropertyName("actor")] string Actor,
    [property: JsonPropertyName("target")] string? Target,
    [property: JsonPropertyName("more")] IReadOnlyList<string> More)
{
    public static LiveRecord Of(AuditRow row, PathString pathBase) => new(
        row.Record.Sequence, pathBase + row.Path, row.Record.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), VisibleText.Of(row.Record.Name), row.Outcome,
        Words(row.Actor), row.Target is { } target ? Words(target) : null, [.. row.More]);

    private static string Words(AuditParticipant participant) => participant.Kind.Length > 0 ? $"{participant.Kind} {participant.Name}" : participant.Name;
}
