using IdentityProvider.Authorize;
using IdentityProvider.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.EmailSignIn;

/// <summary>
/// Owns signing in with a mailed link or code (RFC 8176: mca), where a deployment allows it. It proves a mailbox and nothing more: the
/// second factor stays due, and an address that was never proven opens no account.
/// </summary>
internal static class EmailSignInModule
{
    public static IServiceCollection AddEmailSignIn(this IServiceCollection services)
    {
        services.AddSettings<EmailSignInOptions>("EmailSignIn");
        return services.AddScoped<SignInMail>().AddScoped<ISignInOption, EmailSignInOption>();
    }
}
