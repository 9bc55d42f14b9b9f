using System.Globalization;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Audit;

/// <summary>What to look for; all that is given has to hold.</summary>
/// <param name="Name">The event, several with commas between, or <c>roles.*</c> for all whose name begins so.</param>
/// <param name="Actor">The id of who did it.</param>
/// <param name="Target">The id of what it was done to.</param>
/// <param name="Client">The client_id.</param>
/// <param name="Session">The session it was done in or is about.</param>
/// <param name="Address">The whole IP address.</param>
/// <param name="Result">done, refused or failed.</param>
/// <param name="From">Not older.</param>
/// <param name="To">Older.</param>
/// <param name="Trace">An error id or a trace id.</param>
internal sealed record AuditFilter(string? Name = null, string? Actor = null, string? Target = null, string? Client = null, string? Session = null, string? Address = null, string? Result = null, DateTimeOffset? From = null, DateTimeOffset? To = null, string? Trace = null)
{
    private const int Page = 500;
    public static readonly string[] Known = ["name", "actor", "target", "client_id", "session", "ip", "result", "from", "to", "error_id"];

    public static readonly string Limits = "name has at most 100 characters, actor, client_id and session 100, target 200, ip and error_id 64; result is done, refused or failed; from and to are times like 2026-01-31T00:00:00Z.";

    /// <summary>Null: something is out of its limits.</summary>
    public static AuditFilter? Of(Func<string, string?> value)
    {
        // PostgreSQL refuses text with a zero byte, and nothing here is called so.
        if (Known.Any(key => value(key) is { } text && (text.Length > (key == "target" ? 200 : key is "ip" or "error_id" ? 64 : 100) || text.Any(char.IsControl))))
            return null;
        if (value("result") is not (null or "done" or "refused" or "failed") || !TryTime(value("from"), out var from) || !TryTime(value("to"), out var to))
            return null;
        return new AuditFilter(value("name"), value("actor"), value("target"), value("client_id"), value("session"), value("ip"), value("result"), from, to, value("error_id"));
    }

    public IQueryable<AuditRecord> In(Store db) => Among(db.Set<AuditRecord>().AsNoTracking().Where(r => r.Sequence > 0));

    /// <summary>Those that fit, in the database or in memory.</summary>
    public IQueryable<AuditRecord> Among(IQueryable<AuditRecord> found)
    {
        if (Name is ['.' or (>= 'a' and <= 'z'), .., '*'])
            found = found.Where(r => r.Name.StartsWith(Name.Substring(0, Name.Length - 1)));
        else if (Name?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 1 } names)
            found = found.Where(r => names.Contains(r.Name));
        else if (Name is not null)
            found = found.Where(r => r.Name == Name);
        found = Actor is null ? found : found.Where(r => r.ActorId == Actor);
        found = Target is null ? found : found.Where(r => r.TargetId == Target);
        found = Client is null ? found : found.Where(r => r.ClientId == Client);
        found = Session is null ? found : found.Where(r => r.SessionId == Session);
        found = Address is null ? found : found.Where(r => r.Address == Address);
        if (Result is not (null or "done"))
        {
            // In the words of the index over the few that are not done: databases use it for nothing else.
            found = found.Where(r => r.Result != "done");
        }

        found = Result is null ? found : found.Where(r => r.Result == Result);
        found = Trace is null ? found : found.Where(r => r.ErrorId == Trace || r.TraceId == Trace);
        found = From is null ? found : found.Where(r => r.At >= From);
        return To is null ? found : found.Where(r => r.At < To);
    }

    /// <summary>All that is found, the oldest first, some at a time: an export of any length needs the same memory, and holds no lock.</summary>
    public async IAsyncEnumerable<AuditRecord> AllAsync(Store db, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        long after = 0;
        while (true)
        {
            var page = await In(db).Where(r => r.Sequence > after).OrderBy(r => r.Sequence).Take(Page).ToListAsync(ct);
            foreach (var record in page)
                yield return record;
            if (page.Count < Page)
                yield break;
            after = page[^1].Sequence;
        }
    }

    /// <summary>What was looked for, for the record of an export.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Facts =>
        [new("name", Name), new("of_actor", Actor), new("of_target", Target), new("of_client", Client), new("of_session", Session), new("of_ip", Address), new("result", Result), new("from", From), new("to", To), new("of_error", Trace)];

    private static bool TryTime(string? text, out DateTimeOffset? time)
    {
        time = null;
        if (text is null)
            return true;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read))
            return false;
        time = read.ToUniversalTime();
        return true;
    }
}
