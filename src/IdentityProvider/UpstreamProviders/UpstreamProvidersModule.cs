using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.UpstreamProviders;

/// <summary>
/// Owns which servers elsewhere people may sign in with, and how this server proves itself to them. Talking to them, and whose
/// account an answer opens, is the business of Federation.
/// </summary>
internal static class UpstreamProvidersModule
{
    public static IServiceCollection AddUpstreamProviders(this IServiceCollection services) => services.AddSingleton<ProviderSecrets>();
}
