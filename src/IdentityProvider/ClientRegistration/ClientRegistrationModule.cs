using IdentityProvider.Clients;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ClientRegistration;

/// <summary>
/// Owns dynamic client registration (RFC 7591) and its management (RFC 7592): who may register, what a client that registers itself may be, and when it is
/// forgotten. What a client is belongs to Clients; people decide about each of these by consent.
/// </summary>
internal static class ClientRegistrationModule
{
    public static IServiceCollection AddClientRegistration(this IServiceCollection services)
    {
        services.AddSettings<ClientRegistrationOptions>("ClientRegistration");
        services.AddScoped<Registrations>();
        services.AddOpenIddict().AddServer(server => server.AddEventHandler(RegistrationMetadata.Descriptor));
        services.AddSingleton(new Pruning("initial access tokens", static (db, now, ct) =>
            db.Set<InitialAccessToken>().Where(token => token.ExpiresAt < now.AddDays(-30)).DeleteInBatchesAsync(ct)));
        services.AddSingleton(new EndedByRestore("initial access tokens", KeepOption.ApiKeys, static (provider, ct) => provider.GetRequiredService<Store>().Set<InitialAccessToken>().ExecuteDeleteAsync(ct)));
        return services.AddSingleton(provider => new Pruning("clients that nobody uses", (db, now, ct) =>
        {
            var last = now.AddDays(-provider.GetRequiredService<IOptions<ClientRegistrationOptions>>().Value.UnusedDays);
            return db.Set<Client>().Where(client => db.Set<RegisteredClient>().Any(row => row.ClientId == client.Id && row.UpdatedAt < last)
                && !db.Set<Grant>().Any(grant => grant.Application!.Id == client.Id) && !db.Set<Token>().Any(token => token.Application!.Id == client.Id)).DeleteInBatchesAsync(ct);
        }));
    }

    public static void MapClientRegistration(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(RegistrationEndpoint.Path, RegistrationEndpoint.RegisterAsync).DisableAntiforgery();
        routes.MapGet(RegistrationEndpoint.One, RegistrationEndpoint.ReadAsync).DisableAntiforgery();
        routes.MapPut(RegistrationEndpoint.One, RegistrationEndpoint.ChangeAsync).DisableAntiforgery();
        routes.MapDelete(RegistrationEndpoint.One, RegistrationEndpoint.RemoveAsync).DisableAntiforgery();
        InitialTokensApi.Map(routes);
    }
}
