using System.Security.Claims;
using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.ApiKeys;

/// <summary>
/// Token exchange (RFC 8693): a key for a short access token of its owner for APIs, so that each API verifies offline. The client that asks is
/// registered for it and for the scopes; the token carries no more than both the key and the client have.
/// </summary>
internal sealed class KeyExchange(ClientCache clients, ScopeCatalog catalog, EventLog events, IOptions<IdentityProviderOptions> root, TimeProvider clock) : IFurtherGrant
{
    /// <summary>A key is revoked at once; what came of it where an API verifies offline is gone by then.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public string GrantType => GrantTypes.TokenExchange;

    public async Task<IResult> HandleAsync(OpenIddictRequest request, ClaimsPrincipal? proof, CancellationToken ct)
    {
        if (proof is null || !BearerTokens.IsApiKey(proof))
            return GrantAnswers.Refuse(Errors.InvalidRequest, "The subject_token must be an API key.");
        if (!string.IsNullOrEmpty(request.ActorToken))
            return GrantAnswers.Refuse(Errors.InvalidRequest, "Nobody acts for the owner of a key. Leave actor_token out.");
        var client = (await clients.FindAsync(request.ClientId!, ct))!;
        var snapshot = await catalog.GetAsync(ct);
        string[] resources = [.. request.GetResources().Concat(request.GetAudiences()).Distinct(StringComparer.Ordinal)];
        if (resources.FirstOrDefault(resource => !snapshot.Apis.ContainsKey(resource)) is not null)
            return GrantAnswers.Refuse(Errors.InvalidTarget, "A requested resource is not registered.");
        var asked = request.GetScopes();
        if (asked.Any(scope => !proof.HasScope(scope)))
            return GrantAnswers.Refuse(Errors.InvalidScope, "The key does not have a requested scope.");
        if (snapshot.Find(asked).Any(scope => scope.Api is null))
            return GrantAnswers.Refuse(Errors.InvalidScope, "A key is exchanged for scopes of APIs only.");

        IEnumerable<string> names = asked.Length > 0 ? asked : client.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(proof.HasScope);
        string[] scopes = [.. snapshot.Find(names).Where(scope => scope.Api is not null && (resources.Length == 0 || resources.Contains(scope.Api))).Select(scope => scope.Name)];
        if (scopes.Length == 0)
            return GrantAnswers.Refuse(Errors.InvalidScope, "The key and the client have no scope of an API, or of the named resource, in common.");

        var identity = new ClaimsIdentity("TokenExchange", ClaimNames.Name, ClaimNames.Role);
        foreach (var (name, value) in new[] { (ClaimNames.Subject, proof.GetClaim(ClaimNames.Subject)!), (GrantAnswers.GrantId, proof.GetClaim("api_key_id")!) })
            identity.AddClaim(new Claim(name, value).SetDestinations(Destinations.AccessToken));
        var audiences = Audiences.Of(snapshot, scopes, [.. resources], root.Value.Issuer);
        var permissions = KeyPermissions.For(snapshot, Guid.Parse(proof.GetClaim(ClaimNames.Subject)!), [.. proof.GetClaims(BearerTokens.Permissions)], scopes, audiences, events);
        if (permissions.Count > 0)
            identity.AddClaim(new Claim(BearerTokens.Permissions, JsonSerializer.Serialize(permissions), "JSON_ARRAY").SetDestinations(Destinations.AccessToken));
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(scopes);
        principal.SetResources(audiences);
        var left = proof.GetExpirationDate()!.Value - clock.GetUtcNow();
        principal.SetAccessTokenLifetime(left < Lifetime ? left : Lifetime);
        return Results.SignIn(principal, authenticationScheme: GrantAnswers.Scheme);
    }
}
