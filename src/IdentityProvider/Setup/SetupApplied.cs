using System.Text.Json;
using IdentityProvider.Platform.Events;

namespace IdentityProvider.Setup;

/// <summary>A setup document changed something: how much of each kind, which ones, and as far as there is room what of them.</summary>
internal sealed record SetupApplied(IReadOnlyList<SetupCounts> Counts) : IEvent
{
    /// <summary>Characters of one list, and of the values before or after: a record has an end, and a document none.</summary>
    private const int MostNamed = 3_000, MostValues = 7_000;

    private static readonly string[] Kinds = ["created", "changed", "removed"];

    public string Name => "setup.applied";

    public IEnumerable<KeyValuePair<string, object?>> Facts =>
    [
        .. Counts.Where(count => count.Changed).Select(count => new KeyValuePair<string, object?>(count.Kind, $"{count.Created} created, {count.Updated} updated")),
        .. Kinds.Select(what => new KeyValuePair<string, object?>(what, Named(what))),
    ];

    public object? Before => Values(change => change.Before);

    public object? After => Values(change => change.After);

    private string? Named(string what)
    {
        var all = Counts.SelectMany(count => count.Changes).Where(change => change.What == what).Select(change => change.Fields.Count == 0 ? change.Name : $"{change.Name} ({string.Join(", ", change.Fields)})").ToList();
        var (shown, length) = (0, 0);
        while (shown < all.Count && (length += all[shown].Length + 2) <= MostNamed)
            shown++;
        return all.Count == 0 ? null : string.Join("; ", all.Take(shown)) + (shown < all.Count ? $"; and {all.Count - shown} more" : "");
    }

    private SortedDictionary<string, object>? Values(Func<SetupChange, object?> of)
    {
        var (values, length) = (new SortedDictionary<string, object>(StringComparer.Ordinal), 0);
        foreach (var change in Counts.SelectMany(count => count.Changes))
            if (of(change) is { } value && (length += JsonSerializer.Serialize(value, value.GetType()).Length + change.Name.Length) <= MostValues)
                values[change.Name] = value;
        return values.Count == 0 ? null : values;
    }
}
