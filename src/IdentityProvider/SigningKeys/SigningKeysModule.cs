using IdentityProvider.Platform.Health;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenIddict.Server;

namespace IdentityProvider.SigningKeys;

/// <summary>
/// Owns the keys that sign tokens: making, encrypting, publishing, rotating and removing them, the same set on every node.
/// Which key signs which token is decided in Tokens; the key set document is served by the engine.
/// </summary>
internal static class SigningKeysModule
{
    public static IServiceCollection AddSigningKeys(this IServiceCollection services)
    {
        services.AddSettings<SigningKeysOptions>("SigningKeys")
            .Validate(o => o.PublishBefore <= o.RotationInterval / 2, "SigningKeys:PublishBefore must be at most half of SigningKeys:RotationInterval.")
            .Validate(o => o.JwksMaxAge <= o.PublishBefore, "SigningKeys:JwksMaxAge must not be longer than SigningKeys:PublishBefore: clients would meet a key they never saw.")
            .Validate(o => o.KeepAfter <= 2 * o.RotationInterval, "SigningKeys:KeepAfter must be at most twice SigningKeys:RotationInterval: the published set would grow.");
        services.AddMetrics().AddSingleton<CountedSignatures>();
        services.AddSingleton<SigningKeyRing>();
        services.AddTransient<SigningKeyStore>();
        services.AddSingleton<ConfigureSigningKeys>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(s => s.GetRequiredService<ConfigureSigningKeys>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(s => s.GetRequiredService<ConfigureSigningKeys>());
        services.AddHostedService<SigningKeyRotation>();
        services.AddSingleton(SigningKeyAges.Measurement);
        services.AddHealthPart<SigningKeysHealth>("signing_keys");

        // What was signed since the backup has no row that could be taken back: it dies with the key, and the next start makes new ones.
        services.AddSingleton(new EndedByRestore("signing keys", KeepOption.Sessions, static (provider, ct) => provider.GetRequiredService<Store>().Set<SigningKey>().ExecuteDeleteAsync(ct)));
        return services;
    }
}
