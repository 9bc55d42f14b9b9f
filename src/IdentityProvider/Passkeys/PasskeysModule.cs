using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Passkeys;

/// <summary>
/// Owns passkeys (WebAuthn): the keys people register and name, the challenges, signing in with nothing else, and the
/// second factor after a password.
/// Responses are verified by ASP.NET Core Identity; what was proven is written down by Sessions.
/// </summary>
internal static class PasskeysModule
{
    public static IServiceCollection AddPasskeys(this IServiceCollection services)
    {
        services.AddSettings<PasskeysOptions>("Passkeys");
        services.AddSingleton<IValidateOptions<PasskeysOptions>, OriginRules>();
        services.AddSingleton<IValidateOptions<PasskeysOptions>, AttestationRules>();
        services.AddSingleton<RelyingParty>().AddSingleton<Attestation>();
        services.AddScoped<Challenges>().AddScoped<Registration>().AddScoped<Assertion>();
        services.AddSingleton<PasskeyMails>().AddSingleton<IWayIn, PasskeyWayIn>();
        services.AddScoped<ISignInOption, PasskeyOption>();
        services.AddScoped<PasskeyFactor>().AddScoped<ISecondFactor>(provider => provider.GetRequiredService<PasskeyFactor>());
        services.AddSingleton(new FactorHolders(FactorHolders.Passkey, static db => db.Set<Passkey>().Where(passkey => !passkey.Unasked).Select(passkey => passkey.UserId)));
        services.AddSingleton(new NavigationItem(NavigationItem.Account, 20, "Passkeys", "/account/passkeys"));
        return services.AddSingleton(new Pruning("passkey challenges", static (db, now, ct) =>
            db.Set<PasskeyChallenge>().Where(c => c.ExpiresAt < now).DeleteInBatchesAsync(ct)));
    }

    public static void MapPasskeys(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/passkey/options", OptionsEndpoint.HandleAsync);
        routes.MapGet("/.well-known/passkey-endpoints", WellKnown.Endpoints);
        routes.MapGet("/.well-known/webauthn", WellKnown.RelatedOrigins);
    }

    /// <summary>Asked last: what the request needs comes before what we would like.</summary>
    public static IServiceCollection AddPasskeyOffer(this IServiceCollection services) => services.AddScoped<IAuthorizeStep, NudgeStep>();
}
