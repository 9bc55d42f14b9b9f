using IdentityProvider.Authorize;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Recovery.Admin;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Recovery;

/// <summary>
/// Owns the way back in for who forgot the password: the question for the address, the mail, and the page for a new password; and what "This was not me" in a
/// mail does. It signs nobody in and takes no second factor's place; links and codes belong to OneTimeCodes, passwords to Users.
/// </summary>
internal static class RecoveryModule
{
    public static IServiceCollection AddRecovery(this IServiceCollection services)
    {
        services.AddSettings<RecoveryOptions>("Recovery");
        services.AddScoped<RecoveryMail>().AddScoped<PasswordReset>().AddScoped<NotMe>().AddScoped<RecoverySending>();
        services.AddSingleton(new PersonAction(10, "Send the way to a password", "/admin/users/{sub}/recovery", Permission.ManageUsers)
        {
            Hint = "A mail with which they choose one, their first too.",
            Suits = static state => state.User is { Email: not null, DisabledAt: null },
        });
        return services.AddScoped<ISignInOption, RecoveryLink>();
    }

    public static void MapRecovery(this IEndpointRouteBuilder routes) => RecoveryApi.Map(routes);
}
