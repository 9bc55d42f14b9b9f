using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.OneTimeCodes;

/// <summary>
/// Owns links and codes that prove that somebody reads a mailbox, or the server's log: made, hashed, bound to a purpose and a browser, tried a few times,
/// used once. What a use brings about, and the mail they travel in, belong to the room that asks.
/// </summary>
internal static class OneTimeCodesModule
{
    public static IServiceCollection AddOneTimeCodes(this IServiceCollection services)
    {
        services.AddScoped<CodeStore>();
        services.AddSingleton<CodeHash>().AddSingleton<BrowserCookie>();
        services.AddSingleton(new Pruning("one-time codes", static (db, now, ct) =>
            db.Set<OneTimeCode>().Where(c => c.ExpiresAt < now).DeleteInBatchesAsync(ct)));


        // Those of the backup were used since, or replaced.
        services.AddSingleton(new EndedByRestore("one-time codes", KeepOption.None, static (provider, ct) => provider.GetRequiredService<Store>().Set<OneTimeCode>().ExecuteDeleteAsync(ct)));
        return services;
    }
}
