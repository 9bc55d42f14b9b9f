using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Registration.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Registration;

/// <summary>
/// Owns how people get an account by themselves, and the proof that an e-mail address is theirs: the form, the page that waits for
/// the proof, and invitations. What a person changes later, and passwords, belong to others.
/// </summary>
internal static class RegistrationModule
{
    /// <summary>Registration itself: asked before the sign-in, because prompt=create comes instead of it.</summary>
    public static IServiceCollection AddRegistration(this IServiceCollection services)
    {
        services.AddSettings<RegistrationOptions>("Registration");
        services.AddSingleton<IValidateOptions<RegistrationOptions>, RegistrationRules>();
        services.AddSingleton<FormAge>();
        services.AddScoped<Registrations>().AddScoped<EmailProofs>().AddScoped<ProofMails>().AddScoped<EmailUndo>();
        services.AddSingleton(new NavigationItem(NavigationItem.Account, 20, "E-mail", "/account/email"));
        services.AddScoped<IAuthorizeStep, CreateStep>();
        services.AddScoped<ISignInOption, RegisterOption>();
        services.AddSingleton(provider => new Pruning("unproven accounts", (db, now, ct) =>
        {
            var before = now - TimeSpan.FromDays(provider.GetRequiredService<IOptions<RegistrationOptions>>().Value.UnprovenDays);
            return db.Set<User>().Where(u => u.RegisteredAt < before && !u.EmailConfirmed).ExecuteDeleteAsync(ct);
        }));
        return services;
    }

    /// <summary>The proof of the address: asked when it is known who signed in.</summary>
    public static IServiceCollection AddEmailProof(this IServiceCollection services) => services.AddScoped<IAuthorizeStep, EmailProofStep>();

    public static void MapRegistration(this IEndpointRouteBuilder routes) => InvitationsApi.Map(routes);
}
