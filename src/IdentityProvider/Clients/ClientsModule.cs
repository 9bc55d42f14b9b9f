using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenIddict.EntityFrameworkCore.Models;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Clients;

/// <summary>
/// Owns who may ask for tokens and for what: clients and their secrets, APIs, scopes, and the grants and token entries
/// stored for a client. What a token says is made in Claims, how it is issued in Tokens.
/// </summary>
internal static class ClientsModule
{
    public static IServiceCollection AddClients(this IServiceCollection services)
    {
        services.AddSingleton<ClientCache>();
        services.AddSingleton<ScopeCatalog>();
        services.AddSingleton<RevocationSignal>();
        services.AddScoped<Succession>();
        services.AddCors();
        services.AddSingleton<RegisteredOrigins>().Replace(ServiceDescriptor.Singleton<ICorsPolicyProvider>(provider => provider.GetRequiredService<RegisteredOrigins>()));
        services.AddOpenIddict().AddCore(core =>
        {
            core.UseEntityFrameworkCore()
                .UseDbContext<Store>()
                .ReplaceDefaultEntities<Client, Grant, OpenIddictEntityFrameworkCoreScope<Guid>, Token, Guid>();
            core.SetDefaultApplicationEntity<Client>().SetDefaultAuthorizationEntity<Grant>().SetDefaultTokenEntity<Token>()
                .SetDefaultScopeEntity<OpenIddictEntityFrameworkCoreScope<Guid>>();
            core.ReplaceApplicationStore<Client, ClientStore>();
            core.ReplaceApplicationManager<Client, ClientManager>();
            core.ReplaceTokenStore<Token, TokenStore>();
            core.ReplaceAuthorizationStore<Grant, GrantStore>();

            // The engine's cache lives for one request; ours lives across them.
            core.DisableEntityCaching();
        });
        services.AddSingleton(new Pruning("tokens", static (db, now, ct) =>
            db.Set<Token>().Where(t => t.ExpirationDate < now.UtcDateTime.AddHours(-1)).DeleteInBatchesAsync(ct)));
        services.AddSingleton(new Pruning("grants", static (db, now, ct) =>
            db.Set<Grant>().Where(g => g.CreationDate < now.UtcDateTime.AddHours(-3) && (g.RevokedAt == null || g.RevokedAt < now.AddHours(-2)) && g.Tokens.Count == 0).DeleteInBatchesAsync(ct)));
        services.AddSingleton(new Pruning("revoked tokens", static (db, now, ct) =>
            db.Set<RevokedToken>().Where(t => t.ExpiresAt < now).DeleteInBatchesAsync(ct)));
        services.AddSingleton(new EndedByRestore("grants", KeepOption.Sessions, static (provider, ct) =>
        {
            var db = provider.GetRequiredService<Store>();
            return db.RevokeGrantsAsync(db.Set<Grant>(), ct);
        }));
        services.AddSingleton(new EndedByRestore("tokens", KeepOption.Sessions, static (provider, ct) =>
            provider.GetRequiredService<Store>().Set<Token>().Where(t => t.Status != Statuses.Revoked).ExecuteUpdateAsync(set => set.SetProperty(t => t.Status, Statuses.Revoked), ct)));
        services.AddSingleton(new Pruning("client secrets", static (db, now, ct) =>
            db.Set<ClientSecret>().Where(s => s.ExpiresAt < now).DeleteInBatchesAsync(ct)));
        return services;
    }
}
