using IdentityProvider.Platform.Http;

namespace IdentityProvider.Roles;

/// <summary>The places of a frame that somebody may see.</summary>
internal sealed class PermittedPlaces(UserRoles roles, IEnumerable<NavigationItem> items)
{
    public async Task<IReadOnlyList<NavigationItem>> OfAsync(Guid? userId, string area, CancellationToken ct)
    {
        var held = userId is { } id ? (await roles.HeldByAsync(id, ct)).SelectMany(role => role.Permissions).ToList() : [];
        bool Permits(NavigationItem item) => !item.IsOff && (item.Permission is null || held.Exists(permission => Permission.Implies(permission, item.Permission)));
        return [.. items.Where(item => item.Area == area && Permits(item) && (item.LeadsInto is null || items.Any(other => other.Area == item.LeadsInto && other.Permission is not null && Permits(other)))).OrderBy(item => item.Order)];
    }
}
