using System.Runtime.CompilerServices;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Audit;

/// <summary>Every event, and whether the audit keeps it: a checked-in list, so that nobody leaves one out by accident.</summary>
public sealed class KnowingEvents
{
    private static readonly IEnumerable<IEvent> All = typeof(Store).Assembly.GetTypes()
        .Where(type => type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(IEvent)))
        .Select(type => (IEvent)RuntimeHelpers.GetUninitializedObject(type)).OrderBy(NameOf, StringComparer.Ordinal);

    [Fact]
    public void The_list_of_events_is_checked_in()
    {
        var rows = All.Select(news => $"| `{NameOf(news)}` | {(news.IsAudited ? news.AuditedOncePer is { } pause ? $"once in {pause.TotalMinutes:0} min of one kind and address" : "yes" : "no")} | {news.Result.ToString().ToLowerInvariant()} |");
        Snapshot.Matches("docs/reference/events.md", $"""
            # Events

            Generated from the code and compared in a test; `UPDATE_SNAPSHOTS=1 dotnet test` writes it anew. Each is a line of the log under this name and a count in
            `identityprovider.events`; most are a record of the [audit](../guide/audit.md), too. The dots stand for what was done: `roles.created`, `roles.changed`.

            | Event | In the audit | Result |
            | --- | --- | --- |
            {string.Join('\n', rows)}
            """);
    }

    [Fact]
    public void Names_are_room_and_event_in_snake_case() => Assert.All(All, news => Assert.Matches(@"\A[a-z_]+\.([a-z_]+|…|[a-z_]+…)\z", NameOf(news)));

    private static string NameOf(IEvent news) => news.Name is var name && (name.EndsWith('.') || name.EndsWith('_')) ? name + "…" : name;
}
