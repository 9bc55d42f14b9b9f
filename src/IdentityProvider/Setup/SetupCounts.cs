using IdentityProvider.Platform.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace IdentityProvider.Setup;

/// <summary>What one document did to one kind of thing.</summary>
internal sealed record SetupCounts(string Kind, int Created, int Updated, int Unchanged)
{
    public bool Changed => Created + Updated > 0;

    /// <summary>Which they were, for the audit.</summary>
    public IReadOnlyList<SetupChange> Changes { get; init; } = [];

    public override string ToString() => $"{Kind}: {Created} created, {Updated} updated, {Unchanged} unchanged";
}

/// <summary>One thing that a document made, changed or removed.</summary>
/// <param name="Name">The kind and the name; of people the id, because the audit holds no name of theirs.</param>
/// <param name="What">created, changed or removed.</param>
/// <param name="Fields">What changed.</param>
/// <param name="Before">The changed values before, without secrets; null where there are none to keep.</param>
/// <param name="After">The same afterwards.</param>
internal sealed record SetupChange(string Name, string What, IReadOnlyList<string> Fields, object? Before = null, object? After = null);

/// <summary>Counts while rows are brought to what the document says, and notes which ones, before they are saved.</summary>
internal sealed class SetupTally(string kind)
{
    /// <summary>A document may bring a hundred thousand people.</summary>
    private const int MostNoted = 200;

    private readonly List<SetupChange> changes = [];
    private int created, updated, unchanged;

    /// <param name="name">What it is called.</param>
    /// <param name="isNew">It was not there.</param>
    /// <param name="isChanged">It was another.</param>
    /// <param name="row">Its row, for what changed; values are kept unless it is about a person.</param>
    /// <param name="further">What else changed, beyond the row.</param>
    public void Count(string name, bool isNew, bool isChanged, EntityEntry? row = null, params string[] further)
    {
        if (isNew)
            created++;
        else if (isChanged)
            updated++;
        else
            unchanged++;
        if ((!isNew && !isChanged) || changes.Count >= MostNoted)
            return;
        var changed = row is { State: EntityState.Modified };
        var (before, after) = changed && kind is not ("users" or "service accounts") ? (RowFacts.Before(row!), RowFacts.After(row!)) : (null, null);
        changes.Add(isNew ? new($"{kind}/{name}", "created", []) : new($"{kind}/{name}", "changed", [.. (changed ? RowFacts.Changed(row!) : []).Concat(further)], before, after));
    }

    public void Removed(string name)
    {
        if (changes.Count < MostNoted)
            changes.Add(new($"{kind}/{name}", "removed", []));
    }

    public SetupCounts Result => new(kind, created, updated, unchanged) { Changes = changes };
}
