using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Users;

/// <summary>
/// Who people are: users and their names, what a password must be, how it is hashed and checked, and when wrong ones lock. Signing in is
/// the business of SignIn, second factors that of Mfa, what a client learns about a user that of Claims.
/// </summary>
internal static class UsersModule
{
    public static IServiceCollection AddUsers(this IServiceCollection services)
    {
        services.AddSettings<UsersOptions>("Users");
        services.AddSingleton<IValidateOptions<UsersOptions>, PasswordRulesCheck>();
        services.AddSingleton<CommonPasswords>().AddSingleton<PasswordRules>();
        services.AddMetrics().AddSingleton<Passwords>();
        services.AddSingleton<Lockout>().AddSingleton<KnownBrowsers>();
        services.AddScoped<StoredPasswords>();
        services.AddScoped<UserLookup>();
        services.AddScoped<WaysIn>().AddSingleton<IWayIn, PasswordWayIn>();
        services.AddSingleton(provider => new Pruning("sign-in failures", (_, _, ct) => provider.GetRequiredService<Lockout>().PruneAsync(ct)));
        return services;
    }
}
