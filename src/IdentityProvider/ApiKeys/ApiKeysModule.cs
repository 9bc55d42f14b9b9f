using IdentityProvider.ApiKeys.Admin;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.ApiKeys;

/// <summary>
/// Owns API keys: secrets that people make for their own programs, what each may do, how often, from where and until when, and how other
/// APIs take them (introspection, token exchange).
/// </summary>
internal static class ApiKeysModule
{
    private static readonly TimeSpan EndedKept = TimeSpan.FromDays(30);

    public static IServiceCollection AddApiKeys(this IServiceCollection services)
    {
        services.AddSettings<ApiKeysOptions>("ApiKeys");
        services.AddSingleton<ApiKeyCache>().AddSingleton<ApiKeyGate>().AddScoped<ApiKeyChanges>().AddScoped<ServiceKeyChanges>().AddScoped<KeySearch>();
        services.AddSingleton<UseLog>().AddHostedService(provider => provider.GetRequiredService<UseLog>());
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        services.Configure<AuthenticationSchemeOptions>(BearerTokens.Scheme, options => options.ForwardDefaultSelector = ApiKeyAuthentication.Selects);
        services.AddOpenIddict().AddServer(AcceptKeys);
        services.AddScoped<IFurtherGrant, KeyExchange>();
        services.AddSingleton(provider => new NavigationItem(NavigationItem.Account, 45, "API keys", "/account/keys") { IsOff = !provider.GetRequiredService<IOptions<ApiKeysOptions>>().Value.Enabled });

        services.AddSingleton(new NavigationItem(NavigationItem.Admin, 50, "API keys", "/admin/api-keys") { Permission = Permission.ReadApiKeys });
        services.AddSingleton(new AuditedKind(Caller.ApiKey, Permission.ReadApiKeys, async (db, ids, ct) =>
        {
            var keys = AuditedKind.Guids(ids);
            return await db.Set<ApiKey>().Where(key => keys.Contains(key.Id)).ToDictionaryAsync(key => key.Id.ToString(), key => new AuditedThing(key.Name, $"/admin/api-keys/{key.Id}"), ct);
        }));
        services.AddSingleton(new Ending(Permission.ReadApiKeys, async (db, now, until, most, ct) =>
            await db.Set<ApiKey>().Where(key => key.ExpiresAt > now && key.ExpiresAt < until && key.RevokedAt == null).OrderBy(key => key.ExpiresAt).Take(most)
                .Select(key => new EndingThing("API key", key.Name, key.ExpiresAt, $"/admin/api-keys/{key.Id}")).ToListAsync(ct)));
        services.AddSingleton(new PersonAction(6, "API keys", "/admin/api-keys?user={sub}", Permission.ReadApiKeys) { Hint = "What their programs send, and ending it." });
        services.AddSingleton(provider => new PersonAction(6, "Keys", "/admin/service-accounts/{sub}/keys", Permission.ReadServiceAccounts)
        {
            Hint = "What its programs send: making, replacing and ending them.",
            IsOfPrograms = true,
            IsOff = !provider.GetRequiredService<IOptions<ApiKeysOptions>>().Value.Enabled,
        });

        services.AddSingleton(new EndedByRestore("API keys", KeepOption.ApiKeys, static (provider, ct) =>
        {
            DateTimeOffset? now = provider.GetRequiredService<TimeProvider>().GetUtcNow();
            return provider.GetRequiredService<Store>().Set<ApiKey>().Where(k => k.RevokedAt == null && k.ExpiresAt > now).ExecuteUpdateAsync(set => set.SetProperty(k => k.RevokedAt, now), ct);
        }));
        services.AddSingleton(new Pruning("API keys", (db, now, ct) =>
            db.Set<ApiKey>().Where(k => k.ExpiresAt < now - EndedKept || k.RevokedAt < now - EndedKept).DeleteInBatchesAsync(ct)));
        services.AddSingleton(provider => new Pruning("uses of API keys", (db, now, ct) =>
        {
            var oldest = now - provider.GetRequiredService<IOptions<ApiKeysOptions>>().Value.UsesKeptFor;
            return db.Set<ApiKeyUse>().Where(u => u.At < oldest).DeleteInBatchesAsync(ct);
        }));
        return services.AddSingleton(provider => new Pruning("warnings about API keys", (db, now, ct) => ApiKeyWarnings.SendAsync(db, now, provider, ct)));
    }

    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var policy = BearerTokens.Policy(StandardScopes.ApiKeys);
        routes.MapGet("/api/keys", ApiKeysApi.ListAsync).RequireAuthorization(policy).DisableAntiforgery();
        routes.MapGet("/api/keys/{id:guid}/uses", ApiKeysApi.UsesAsync).RequireAuthorization(policy).DisableAntiforgery();
        routes.MapDelete("/api/keys/{id:guid}", ApiKeysApi.RevokeAsync).RequireAuthorization(policy).DisableAntiforgery();
        routes.MapPost("/api/keys", ApiKeysApi.CreateAsync).RequireAuthorization(policy).RequireSignIn(FreshSignInAttribute.MaxAge).DisableAntiforgery();
        routes.MapPost("/api/keys/{id:guid}/rotate", ApiKeysApi.RotateAsync).RequireAuthorization(policy).RequireSignIn(FreshSignInAttribute.MaxAge).DisableAntiforgery();
        ServiceKeysApi.Map(routes);
        routes.MapGet(Routes.AdminApi + "/api-keys", ApiKeysAdminApi.ListAsync).ForAdministrators(Permission.ReadApiKeys).Answers(typeof(ApiKeysAdminApi.KeyPage));
        routes.MapDelete(Routes.AdminApi + "/api-keys/{id:guid}", ApiKeysAdminApi.RevokeAsync).ForAdministrators(Permission.ManageApiKeys).AnswersNothing();
    }

    private static void AcceptKeys(OpenIddictServerBuilder server) => server
        .AllowTokenExchangeFlow()
        .RemoveEventHandler(OpenIddictServerHandlers.Protection.ValidateReferenceTokenIdentifier.Descriptor)
        .AddEventHandler(KeyAsToken.Descriptor)
        .Configure(options =>
        {
            // A key is taken as an access token and makes one; who acts for somebody says so with an access token, too.
            options.SubjectTokenTypes.Clear();
            options.SubjectTokenTypes.Add(TokenTypeIdentifiers.AccessToken);
            options.RequestedTokenTypes.Clear();
            options.RequestedTokenTypes.Add(TokenTypeIdentifiers.AccessToken);
            options.ActorTokenTypes.Clear();
            options.ActorTokenTypes.Add(TokenTypeIdentifiers.AccessToken);
        });
}
