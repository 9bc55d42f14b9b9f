using IdentityProvider.Authorize;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.SignIn;

/// <summary>
/// Owns the sign-in page, the password check, and the question whether the person is known well and freshly enough.
/// Passwords and the lock belong to Users, the session to Sessions, other ways to sign in to the rooms that bring them.
/// </summary>
internal static class SignInModule
{
    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services.AddScoped<IAuthorizeStep, AccountStep>();
        services.AddScoped<IAuthorizeStep, SignInStep>();
        services.AddScoped<PasswordCheck>().AddScoped<MailedProof>().AddScoped<SignInNotices>();
        return services;
    }
}
