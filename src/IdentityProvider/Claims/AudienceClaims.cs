using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Roles;

namespace IdentityProvider.Claims;

/// <summary>
/// What an access token says of a person's roles and permissions: to the APIs it is for, what they registered, of what the person holds,
/// under the scopes that were granted. Roles come with the scope roles, permissions with the API's scope that stands for them.
/// </summary>
internal sealed class AudienceClaims(IReadOnlyCollection<string> roles, IReadOnlyCollection<string> permissions)
{
    /// <summary>With both claims at their most an Authorization header stays below the 8 KB that servers take.</summary>
    public const int MostValues = 100, MostCharacters = 2048;

    /// <summary>Registered for these audiences and released by these scopes; whether anybody holds it is another question.</summary>
    public static AudienceClaims Registered(ScopeCatalog.Snapshot catalog, IReadOnlyCollection<string> scopes, IEnumerable<string> audiences)
    {
        var apis = audiences.Select(audience => catalog.Apis.GetValueOrDefault(audience)).OfType<ApiInfo>().ToDictionary(api => api.Identifier, StringComparer.Ordinal);
        return new AudienceClaims(
            [.. scopes.Contains(StandardScopes.Roles) ? apis.Values.SelectMany(api => api.Roles).Distinct(StringComparer.Ordinal) : []],
            [.. catalog.Find(scopes).Where(scope => scope.Api is { } api && apis.ContainsKey(api)).SelectMany(scope => scope.Permissions).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>False: nothing needs to be read for it.</summary>
    public bool AskForRoles => roles.Count + permissions.Count > 0;

    /// <summary>The claims and their values; a claim without any is left out, as one with too many: less than what is held is safe, half of it a riddle.</summary>
    public IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> Of(Guid userId, IReadOnlyList<Role> held, EventLog events)
    {
        var all = held.SelectMany(role => role.Permissions).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, values) in new[]
        {
            KeyValuePair.Create<string, IReadOnlyList<string>>("roles", [.. held.Select(role => role.Name).Where(roles.Contains).Order(StringComparer.Ordinal)]),
            KeyValuePair.Create<string, IReadOnlyList<string>>("permissions", [.. Permission.Told(permissions, all)]),
        })
        {
            if (values.Count > MostValues || values.Sum(value => value.Length) > MostCharacters)
                events.Raise(new ClaimLeftOut(userId, name, values.Count));
            else if (values.Count > 0)
                yield return new(name, values);
        }
    }
}

/// <param name="UserId">Whose access token.</param>
/// <param name="Claim">What is not in it.</param>
/// <param name="Values">How many it would have had.</param>
internal sealed record ClaimLeftOut(Guid UserId, string Claim, int Values) : IEvent
{
    public string Name => "tokens.claim_left_out";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("reason", Claim), new("values", Values)];

    /// <summary>For whoever looks after the size of tokens.</summary>
    public bool IsAudited => false;
}
