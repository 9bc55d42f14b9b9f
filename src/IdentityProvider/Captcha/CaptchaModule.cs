using IdentityProvider.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace IdentityProvider.Captcha;

/// <summary>
/// Owns the proof that makes guessing expensive: what is asked, and whether the answer holds. When it is asked for is said by
/// the rooms whose forms strangers fill in.
/// </summary>
internal static class CaptchaModule
{
    public static IServiceCollection AddCaptcha(this IServiceCollection services)
    {
        services.AddSettings<CaptchaOptions>("Captcha");

        // A host that has registered its own keeps it.
        services.TryAddSingleton<ICaptcha, ProofOfWork>();
        return services;
    }
}
