using System.Text.Json.Nodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Network;

namespace IdentityProvider.Suspicions;

/// <summary>What was noticed, as an administrator reads it.</summary>
/// <param name="Title">What it is.</param>
/// <param name="At">When.</param>
/// <param name="PersonId">Whom it is about; null: no one person.</param>
/// <param name="Person">What the person is called; the id of one who is gone.</param>
/// <param name="Where">The address, with its place.</param>
/// <param name="Words">What happened.</param>
internal sealed record SuspicionRow(string Title, DateTimeOffset At, string? PersonId, string? Person, string? Where, string Words);

/// <summary>Puts records into words.</summary>
internal sealed class SuspicionNames(Dictionary<string, string> people, Places places)
{
    public SuspicionRow RowOf(AuditRecord record) => new(
        SuspicionKind.All.First(kind => kind.Name == record.Name).Title, record.At, record.TargetId, record.TargetId is { } id ? people.GetValueOrDefault(id, id) : null,
        record.Address is { } address ? places.With(address) : null, WordsOf(record));

    private static string WordsOf(AuditRecord record)
    {
        var facts = record.Details is { } details ? JsonNode.Parse(details) as JsonObject : null;
        int Number(string name) => facts?[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 0;
        string? Text(string name) => facts?[name]?.ToString();
        var minutes = Duration.InWords(TimeSpan.FromMinutes(Number("minutes")));
        return record.Name switch
        {
            SuspicionKind.Spraying when record.Reason == "many_networks" => $"{Number("names")} names failed in {minutes}, with {Number("tries")} tries from {Number("networks")} networks.",
            SuspicionKind.Spraying => $"{Number("names")} names failed in {minutes}, with {Number("tries")} tries. {SignedIn(Number("signed_in"))}",
            SuspicionKind.Lockouts => $"{Number("names")} names were locked in {minutes}.",
            SuspicionKind.Reuse => $"A refresh token of {record.ClientId ?? "a client"} was used a second time. What was issued with it has ended.",
            SuspicionKind.Travel => $"At least {Number("kilometers")} km from where the person signed in {minutes} before.",
            _ => $"A right password from {Text("browser") ?? "a browser"}, where the person had not signed in before.",
        };
    }

    private static string SignedIn(int people) => people switch
    {
        0 => "Nobody got in from there.",
        1 => "One person got in from there.",
        _ => $"{people} people got in from there.",
    };
}
