using IdentityProvider.Authorize;
using IdentityProvider.Mfa.Admin;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Mfa;

/// <summary>
/// Owns when a second factor is due, authenticator apps (RFC 6238): their secrets, and each code once, recovery codes and mailed
/// ones. Other
/// rooms bring other kinds; that a factor was given is written down by Sessions.
/// </summary>
internal static class MfaModule
{
    public static IServiceCollection AddMfa(this IServiceCollection services)
    {
        services.AddScoped<IAuthorizeStep, MfaStep>();
        services.AddSettings<MfaOptions>("Mfa");
        services.AddScoped<SecondFactorPolicy>().AddScoped<ISecondFactorPolicy>(provider => provider.GetRequiredService<SecondFactorPolicy>());
        services.AddScoped<ISecondFactor, TotpFactor>().AddScoped<ISecondFactor, RecoveryCodeFactor>();
        services.AddScoped<EmailCodeFactor>().AddScoped<ISecondFactor>(provider => provider.GetRequiredService<EmailCodeFactor>());
        services.AddScoped<EmailCodes>().AddScoped<StrictRoles>();
        services.AddSingleton<FactorAttempts>().AddSingleton<TotpChallenge>();
        services.AddScoped<AuthenticatorEnrolment>().AddScoped<RecoveryCodes>().AddScoped<FactorMails>().AddScoped<FactorReset>().AddScoped<FactorsResetting>();
        services.AddSingleton(new PersonAction(20, "Take away second factors", "/admin/users/{sub}/factors", Permission.ManageUsers) { Hint = "For who lost phone, passkeys and recovery codes. Wants a reason." });
        services.AddSingleton(new FactorHolders(FactorHolders.App, static db => db.Set<Authenticator>().Select(app => app.UserId)));
        services.AddSingleton(new NavigationItem(NavigationItem.Account, 30, "Two-step sign-in", "/account/authenticators"));
        services.AddSingleton<IAuthenticatorImport, AuthenticatorImport>();
        return services;
    }

    public static void MapMfa(this IEndpointRouteBuilder routes) => FactorsApi.Map(routes);
}
