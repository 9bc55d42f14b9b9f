using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Impersonation;

/// <summary>
/// Owns how an administrator acts for somebody for a short time: who may for whom, the reason, the word to the person, and the way back.
/// What such a session is lies with Sessions, what tokens say of it with Claims, and that nobody answers a question in the person's place with Authorize.
/// </summary>
internal static class ImpersonationModule
{
    public static IServiceCollection AddImpersonation(this IServiceCollection services) => services.AddScoped<Impersonations>();
}
