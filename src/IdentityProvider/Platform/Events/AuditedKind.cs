using IdentityProvider.Platform.Storage;

namespace IdentityProvider.Platform.Events;

/// <summary>
/// How things that the audit knows by an id are called, and where the console shows them. The room that owns them registers one; the audit knows
/// no room. Several may speak of one kind: people and accounts of programs are both a <c>user</c>.
/// </summary>
/// <param name="Kind">As in <see cref="EventTarget"/>, and the kind of a <see cref="Caller"/>.</param>
/// <param name="Permission">Who does not hold it reads the id alone.</param>
/// <param name="FindAsync">Those of the ids that there still are, with one question.</param>
internal sealed record AuditedKind(string Kind, string Permission, Func<Store, IReadOnlyCollection<string>, CancellationToken, Task<Dictionary<string, AuditedThing>>> FindAsync)
{
    /// <summary>The ids that are subjects or keys of rows; others are nobody's.</summary>
    public static List<Guid> Guids(IEnumerable<string> ids) => [.. ids.Select(id => Guid.TryParse(id, out var guid) ? guid : Guid.Empty).Where(guid => guid != Guid.Empty)];
}

/// <param name="Name">As people call it.</param>
/// <param name="Path">Its page in the console; null where it has none.</param>
internal sealed record AuditedThing(string Name, string? Path);
