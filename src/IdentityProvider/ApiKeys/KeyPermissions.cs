using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Roles;

namespace IdentityProvider.ApiKeys;

/// <summary>What an API is told of the permissions of a key: what it registered, as with the access tokens of people.</summary>
internal static class KeyPermissions
{
    public static IReadOnlyList<string> For(ScopeCatalog.Snapshot catalog, Guid owner, IReadOnlyList<string> permissions, IReadOnlyCollection<string> scopes, IReadOnlyList<string> audiences, EventLog events) =>
        AudienceClaims.Registered(catalog, scopes, audiences).Of(owner, [new Role { Name = "", Permissions = [.. permissions] }], events)
            .Where(claim => claim.Key == "permissions").SelectMany(claim => claim.Value).ToList();
}
