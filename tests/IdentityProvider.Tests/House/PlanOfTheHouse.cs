using System.Text.RegularExpressions;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.House;

/// <summary>src/README.md, written from the code: the rooms in reading order, what each owns, and the arrows between them.</summary>
public sealed partial class PlanOfTheHouse
{
    private const string Builder = "src/IdentityProvider/IdentityProviderBuilder.cs";

    [Fact]
    public void Every_room_is_in_the_list_and_has_a_plaque()
    {
        var listed = Listed();
        Assert.Empty(RoomGraph.Rooms(RoomGraph.House).Except(listed).Except([ImportTable.Ground]));
        Assert.All(listed, room => Assert.True(Plaque(room).EndsWith('.'), $"{room}Module has no summary that says what the room owns."));
    }

    [Fact]
    public void The_plan_is_true()
    {
        var rooms = Listed();
        var lines = rooms.Select(room => $"| [{room}](IdentityProvider/{room}) | {Plaque(room)} |");
        var arrows = rooms.Select(room => (From: room, To: string.Join(" & ", TargetsOf(room).OrderBy(rooms.IndexOf))))
            .Select(arrow => arrow.To.Length == 0 ? $"    {arrow.From}" : $"    {arrow.From} --> {arrow.To}");
        Snapshot.Matches("src/README.md", $"""
            # The plan of the house

            Written from the code by `PlanOfTheHouse` (tests/IdentityProvider.Tests/House); not by hand.
            `IdentityProvider.Host` is the door, `IdentityProvider` the house, a folder is a room. [IdentityProvider.AspNetCore](IdentityProvider.AspNetCore)
            is the package for APIs that take our tokens; it stands beside the house and shares no code with it.
            [IdentityProvider.Tool](IdentityProvider.Tool) is the command line `idp`, a client of the admin API: it shares no code with the house either.
            Read `IdentityProviderBuilder.cs`, then `Authorize/AuthorizeEndpoint.cs`, then any room in this order:

            | Room | What it owns |
            |---|---|
            {string.Join('\n', lines)}
            | [{ImportTable.Ground}](IdentityProvider/{ImportTable.Ground}) | The ground all rooms stand on: storage, HTTP, settings, secrets, limits, events, jobs. It knows no room. |

            An arrow is an import. Every room may use Platform; those arrows are left out.

            ```mermaid
            flowchart TD
            {string.Join('\n', arrows)}
            ```
            """);
    }

    private static IEnumerable<string> TargetsOf(string room) =>
        RoomGraph.House.Where(i => i.FromRoom == room && i.ToRoom != room && i.ToRoom != ImportTable.Ground).Select(i => i.ToRoom).Distinct();

    /// <summary>The rooms as the builder adds them: the one place where the order is said.</summary>
    private static List<string> Listed()
    {
        var rooms = RoomGraph.Rooms(RoomGraph.House).ToHashSet();
        return [.. Adds().Matches(Checkout.Read(Builder)).Select(m => m.Groups[1].Value).Where(rooms.Contains).Distinct().Where(room => room != ImportTable.Ground)];
    }

    /// <summary>The first sentence at the room's door.</summary>
    private static string Plaque(string room) => FirstSentence().Match(Checkout.Summary($"T:IdentityProvider.{room}.{room}Module")).Value;

    [GeneratedRegex(@"\.Add(\w+)\(")]
    private static partial Regex Adds();

    [GeneratedRegex(@"^.+?\.(?=\s+[A-Z]|$)")]
    private static partial Regex FirstSentence();
}
