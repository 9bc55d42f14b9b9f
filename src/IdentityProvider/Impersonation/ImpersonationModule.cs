using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Impersonation;

/// <summary>
/// Owns how an administrator acts for somebody for a short time: who may for whom, the reason, the word to the person, and the way back.
/// What such a session is lies with Sessions, what tokens say of it with Claims, and that nobody answers a question in the person's place with Authorize.
/// </summary>
internal static class ImpersonationModule
{
    public static IServiceCollection AddImpersonation(this IServiceCollection services)
    {
        services.AddSingleton(provider => new PersonAction(60, "Act for them", "/admin/users/{sub}/impersonate", Permission.ImpersonateUsers)
        {
            Hint = "See what they see, for a short time and in the open.",
            Suits = static state => state is { User.DisabledAt: null, IsLeaving: false },
            IsOff = provider.GetRequiredService<IOptions<SessionsOptions>>().Value.ImpersonationLifetime == TimeSpan.Zero,
        });
        return services.AddScoped<Impersonations>();
    }
}
