using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Claims;

/// <summary>
/// Owns what tokens and UserInfo say of a person: claims by scope and by the claims parameter, and the principal the engine
/// makes tokens from. Who the person is and what was proven comes from outside as facts.
/// </summary>
internal static class ClaimsModule
{
    public static IServiceCollection AddClaims(this IServiceCollection services) => services.AddScoped<PrincipalFactory>();
}
