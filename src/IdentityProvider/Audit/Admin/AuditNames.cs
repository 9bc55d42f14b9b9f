using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions.Admin;

namespace IdentityProvider.Audit.Admin;

/// <summary>Who or what a record speaks of, in words.</summary>
/// <param name="Kind">"person", "role"; empty where the name says it.</param>
/// <param name="Name">What it is called, or its id.</param>
/// <param name="Path">Its page, for who may see it.</param>
internal sealed record AuditParticipant(string Kind, string Name, string? Path);

/// <summary>A record with those it speaks of; what somebody did to themselves has no target beside them.</summary>
internal sealed record AuditRow(AuditRecord Record, AuditParticipant Actor, AuditParticipant? Target, AuditParticipant? Client)
{
    public string Path => $"{AuditQuestion.Path}/{Record.Sequence}";

    /// <summary>From where, through what and why, as far as it is known.</summary>
    public IEnumerable<string> More => new[] { Record.Address is { } ip ? $"from {VisibleText.Of(ip)}" : null, Client is { } app ? $"through {app.Name}" : null, Record.Reason is { } reason ? VisibleText.Of(reason) : null }.OfType<string>();

    /// <summary>Said in words, because a colour alone says it to some only.</summary>
    public string? Outcome => Record.Result switch { "refused" => "Refused", "failed" => "Failed", _ => null };
}

/// <summary>Calls things by their names, as far as the reader may know them: one question for each kind, however many records.</summary>
internal sealed class AuditNames(IEnumerable<AuditedKind> kinds, Store db)
{
    public async Task<IReadOnlyList<AuditRow>> OfAsync(IReadOnlyCollection<AuditRecord> records, ConsoleUser me, CancellationToken ct)
    {
        var known = new Dictionary<(string Kind, string Id), AuditedThing>();
        foreach (var kind in kinds.Where(kind => me.May(kind.Permission)))
        {
            var ids = records.SelectMany(Named).Where(named => named.Kind == kind.Kind).Select(named => named.Id).Distinct().ToList();
            if (ids.Count > 0)
                foreach (var (id, thing) in await kind.FindAsync(db, ids, ct))
                    known[(kind.Kind, id)] = thing;
        }

        return [.. records.Select(record => new AuditRow(
            record,
            Of(record.ActorKind, record.ActorId),
            record.TargetKind is { } target && (record.TargetKind, record.TargetId) != (record.ActorKind, record.ActorId) ? Of(target, record.TargetId) : null,
            record.ClientId is { } client && record.ActorKind != Caller.Client ? Of(Caller.Client, client) : null))];

        AuditParticipant Of(string kind, string? id) => (kind, id) switch
        {
            (Caller.System, null) => new AuditParticipant("", "the server", null),
            (Caller.Anonymous, null) => new AuditParticipant("", "somebody who is not signed in", null),
            (_, null) => new AuditParticipant("", Words(kind), null),
            _ when known.TryGetValue((kind, id), out var thing) => new AuditParticipant(kind == Caller.User ? "" : Words(kind), VisibleText.Of(thing.Name), thing.Path),
            _ => new AuditParticipant(Words(kind), VisibleText.Of(id), null),
        };
    }

    private static IEnumerable<(string Kind, string Id)> Named(AuditRecord record)
    {
        if (record.ActorId is { } actor)
            yield return (record.ActorKind, actor);
        if (record is { TargetKind: { } kind, TargetId: { } target })
            yield return (kind, target);
        if (record.ClientId is { } client)
            yield return (Caller.Client, client);
    }

    private static string Words(string kind) => kind switch
    {
        Caller.User => "person",
        Caller.ApiKey => "API key",
        Caller.Client => "app",
        "api" => "API",
        "unknown_name" => "a name that nobody has",
        _ => VisibleText.Of(kind).Replace('_', ' '),
    };
}
