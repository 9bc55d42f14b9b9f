using IdentityProvider.Platform.Events;

namespace IdentityProvider.Admin.Rights;

/// <param name="Actor">Who did it.</param>
/// <param name="Role">Which role.</param>
/// <param name="What">created, changed or removed.</param>
/// <param name="Before">What it permitted.</param>
/// <param name="After">What it permits now.</param>
internal sealed record RoleAdministered(Guid Actor, string Role, string What, IReadOnlyCollection<string> Before, IReadOnlyCollection<string> After) : IEvent
{
    public string Name => $"roles.{What}";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("role", Role), new("added", string.Join(' ', After.Except(Before))), new("removed", string.Join(' ', Before.Except(After)))];
    public EventTarget? Target => new("role", Role);
    object? IEvent.Before => Before;
    object? IEvent.After => After;
}

/// <param name="Actor">Who did it.</param>
/// <param name="UserId">Whose roles.</param>
/// <param name="Before">The roles held by themselves, not through groups.</param>
/// <param name="After">Those held now.</param>
internal sealed record UserRolesAdministered(Guid Actor, Guid UserId, IReadOnlyCollection<string> Before, IReadOnlyCollection<string> After) : IEvent
{
    public string Name => "roles.assigned";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId), new("added", string.Join(' ', After.Except(Before))), new("removed", string.Join(' ', Before.Except(After)))];
    object? IEvent.Before => Before;
    object? IEvent.After => After;
}

/// <param name="Actor">Who did it.</param>
/// <param name="Group">Which group.</param>
/// <param name="What">created, changed, removed, member_added or member_removed.</param>
/// <param name="Member">Whom, where it is about a member.</param>
internal sealed record GroupAdministered(Guid Actor, string Group, string What, string Member) : IEvent
{
    public string Name => $"groups.{What}";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("group", Group), new("member", Member)];
    public EventTarget? Target => new("group", Group);

    /// <summary>What it carried and contained.</summary>
    public object? Before { get; init; }

    public object? After { get; init; }
}
