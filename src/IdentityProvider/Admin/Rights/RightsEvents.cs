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
}

/// <param name="Actor">Who did it.</param>
/// <param name="UserId">Whose roles.</param>
/// <param name="Before">The roles held by themselves, not through groups.</param>
/// <param name="After">Those held now.</param>
internal sealed record UserRolesAdministered(Guid Actor, Guid UserId, IReadOnlyCollection<string> Before, IReadOnlyCollection<string> After) : IEvent
{
    public string Name => "roles.assigned";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId), new("added", string.Join(' ', After.Except(Before))), new("removed", string.Join(' ', Before.Except(After)))];
}

/// <param name="Actor">Who did it.</param>
/// <param name="Group">Which group.</param>
/// <param name="What">created, changed, removed, member_added or member_removed.</param>
/// <param name="Detail">Whom, or what it carries and contains now.</param>
internal sealed record GroupAdministered(Guid Actor, string Group, string What, string Detail) : IEvent
{
    public string Name => $"groups.{What}";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("group", Group), new("detail", Detail)];
}
