using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Roles;

/// <summary>
/// Named sets of permissions, and who holds them: people, and groups of people. What a client learns of them is the business of Claims; where a
/// permission is needed, the room that needs it asks.
/// </summary>
internal static class RolesModule
{
    public static IServiceCollection AddRoles(this IServiceCollection services)
    {
        services.AddScoped<UserRoles>().AddScoped<PermittedPlaces>().AddScoped<GroupNesting>().AddScoped<Administrators>().AddScoped<HeldByCaller>().AddScoped<RightsChange>();
        return services;
    }
}
