using IdentityProvider.Authorize;
using IdentityProvider.Users;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Mfa;

/// <summary>
/// Second factors: authenticator apps (RFC 6238), their secrets, and each code once. When a second factor is asked for is
/// said by the room's step; that it was given is written down by Sessions.
/// </summary>
internal static class MfaModule
{
    public static IServiceCollection AddMfa(this IServiceCollection services)
    {
        services.AddScoped<IAuthorizeStep, MfaStep>();
        services.AddSingleton<TotpChallenge>();
        services.AddSingleton<IAuthenticatorImport, AuthenticatorImport>();
        return services;
    }
}
