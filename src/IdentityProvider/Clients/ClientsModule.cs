using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;

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
            db.Set<Token>().Where(t => t.ExpirationDate < now.UtcDateTime.AddHours(-1)).ExecuteDeleteAsync(ct)));
        services.AddSingleton(new Pruning("grants", static (db, now, ct) =>
            db.Set<Grant>().Where(g => g.CreationDate < now.UtcDateTime.AddHours(-3) && g.Tokens.Count == 0).ExecuteDeleteAsync(ct)));
        services.AddSingleton(new Pruning("client secrets", static (db, now, ct) =>
            db.Set<ClientSecret>().Where(s => s.ExpiresAt < now).ExecuteDeleteAsync(ct)));
        return services;
    }

    /// <summary>Ends a family: the grant and every token entry that came of it.</summary>
    public static async Task RevokeGrantsAsync(this Store db, IQueryable<Grant> grants, CancellationToken ct)
    {
        await db.Set<Token>().Where(t => grants.Contains(t.Authorization!) && t.Status != OpenIddictConstants.Statuses.Revoked)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.Status, OpenIddictConstants.Statuses.Revoked), ct);
        await grants.Where(g => g.Status != OpenIddictConstants.Statuses.Revoked)
            .ExecuteUpdateAsync(set => set.SetProperty(g => g.Status, OpenIddictConstants.Statuses.Revoked), ct);
    }
}
