using System.Text.Json;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Dashboard;

/// <summary>
/// Counts the audit by the hour, in the order of its numbers, some records at a time. The counts and how far they go are one transaction, so each record
/// counts once, on however many nodes, and after any crash. The audit grows at its end only: behind the cursor nothing comes any more.
/// </summary>
internal sealed class EventCounts(Store db, TimeProvider clock)
{
    private const int BatchSize = 5000;

    /// <summary>Ways in that were refused.</summary>
    public static readonly string[] Refusals = ["sign_in.refused", "mfa.refused", "passkeys.refused", "federation.refused", "one_time_codes.refused"];

    public const string Second = "+", Done = "done", Refused = "refused", Started = "sessions.session_started", Completed = "sessions.session_completed", CodeIssued = "authorize.code_issued";

    /// <returns>Whether there may be more.</returns>
    public async Task<bool> CountAsync(CancellationToken ct)
    {
        var state = await db.Set<DashboardState>().FirstOrDefaultAsync(ct) ?? db.Add(new DashboardState()).Entity;
        var now = clock.GetUtcNow();
        var records = await db.Set<AuditRecord>().Where(r => r.Sequence > state.Cursor && r.Sequence > 0).OrderBy(r => r.Sequence).Take(BatchSize)
            .Select(r => new Counted(r.Sequence, r.At, r.Name, r.Result, r.ClientId, r.Reason, r.Name == Started || r.Name == Completed ? r.Details : null)).ToListAsync(ct);
        if (records.Count > 0)
        {
            await AddAsync(records.Where(record => record.At > now - HourlyCount.Kept).SelectMany(Of), ct);
            state.Cursor = records[^1].Sequence;
        }

        var isAll = records.Count < BatchSize;
        if (isAll)
            state.CountedAt = now;
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation())
        {
            // Another node counted the same: nothing of ours is kept.
            isAll = false;
        }

        db.ChangeTracker.Clear();
        return !isAll;
    }

    private async Task AddAsync(IEnumerable<(string Kind, DateTimeOffset Hour, string Key)> counted, CancellationToken ct)
    {
        var sums = counted.CountBy(one => one).ToList();
        var hours = sums.Select(sum => sum.Key.Hour).Distinct().ToList();
        var rows = (await db.Set<HourlyCount>().Where(c => hours.Contains(c.Hour)).ToListAsync(ct)).ToDictionary(c => (c.Kind, c.Hour, c.Key));
        var keys = rows.Keys.CountBy(row => (row.Kind, row.Hour)).ToDictionary();
        foreach (var ((kind, hour, key), count) in sums)
        {
            var place = rows.ContainsKey((kind, hour, key)) || keys.GetValueOrDefault((kind, hour)) < HourlyCount.MostKeys ? (kind, hour, key) : (kind, hour, HourlyCount.Others);
            if (!rows.TryGetValue(place, out var row))
            {
                rows[place] = row = db.Add(new HourlyCount { Kind = kind, Hour = hour, Key = place.Item3 }).Entity;
                keys[(kind, hour)] = keys.GetValueOrDefault((kind, hour)) + 1;
            }

            row.Count += count;
        }
    }

    private static IEnumerable<(string Kind, DateTimeOffset Hour, string Key)> Of(Counted record)
    {
        var hour = HourOf(record.At);
        yield return (HourlyCount.Event, hour, record.Name);
        if (Refusals.Contains(record.Name))
            yield return (HourlyCount.SignIn, hour, Refused);
        if (record.Result != "done")
            yield return (HourlyCount.Error, hour, record.Reason is { } reason ? $"{record.Name} {reason}"[..Math.Min(200, record.Name.Length + 1 + reason.Length)] : record.Name);
        if (record is { Name: CodeIssued, ClientId: { } client })
            yield return (HourlyCount.Client, hour, client);
        if (SignedInBy(record) is not { } method)
            yield break;
        yield return (HourlyCount.SignIn, hour, Done);
        yield return (HourlyCount.Method, hour, method);
    }

    /// <summary>Who still has to give a second factor has not signed in; null for them, and for all other records. A second factor begins with "+": its record says nothing of the first.</summary>
    private static string? SignedInBy(Counted record)
    {
        if (record.Details is null)
            return null;
        using var details = JsonDocument.Parse(record.Details);
        var facts = details.RootElement;
        if (facts.ValueKind is not JsonValueKind.Object || (record.Name == Started && !(facts.TryGetProperty("complete", out var complete) && complete.ValueKind is JsonValueKind.True)))
            return null;
        var name = facts.TryGetProperty("method", out var method) && method.ValueKind is JsonValueKind.String && method.GetString() is { Length: <= 200 } text ? text : "unknown";
        return record.Name == Completed ? Second + name : name;
    }

    public static DateTimeOffset HourOf(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private sealed record Counted(long Sequence, DateTimeOffset At, string Name, string Result, string? ClientId, string? Reason, string? Details);
}
