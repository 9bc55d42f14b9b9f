using System.Security.Claims;
using System.Text.Json;
using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Tokens.Grants;

/// <summary>
/// A service acts for itself (RFC 6749 section 4.4): scopes of APIs only, no person, no refresh token, and not one
/// statement to the database. One that is bound to a service account has what that holds, read anew each time, and may administer with it.
/// </summary>
internal sealed class ClientCredentials(ClientCache clients, ScopeCatalog catalog, Store db, UserRoles roles, EventLog events, IOptions<IdentityProviderOptions> options)
{
    public async Task<IResult> HandleAsync(OpenIddictRequest request, CancellationToken ct)
    {
        var client = (await clients.FindAsync(request.ClientId!, ct))!;
        var snapshot = await catalog.GetAsync(ct);
        var asked = request.GetScopes();
        Guid? account = null;
        if (client.ServiceAccount is { } name)
        {
            var normalized = UserNames.Normalize(name);
            account = await db.Set<User>().Where(u => u.NormalizedUserName == normalized && u.ServiceSince != null && u.DisabledAt == null).Select(u => (Guid?)u.Id).FirstOrDefaultAsync(ct);
            if (account is null)
                return GrantAnswers.Refuse(Errors.UnauthorizedClient, "The service account of this client is disabled, or gone.");
        }

        bool Fits(ScopeInfo scope) => scope.Api is not null || (account is not null && (scope.Name is StandardScopes.Roles || AdminScopes.Is(scope.Name)));
        if (snapshot.Find(asked).FirstOrDefault(s => !Fits(s)) is { } personal)
            return GrantAnswers.Refuse(Errors.InvalidScope, $"The scope '{personal.Name}' speaks of a person. This grant type acts for the client alone.");

        // No scope asked for means all that the client is registered for (RFC 6749 section 3.3).
        var resources = request.GetResources();
        IEnumerable<string> names = asked.Length > 0 ? asked : client.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(scope => !AdminScopes.Is(scope));
        string[] scopes = [.. snapshot.Find(names).Where(s => Fits(s) && (s.Api is null || resources.Length == 0 || resources.Contains(s.Api))).Select(s => s.Name)];
        if (scopes.All(scope => scope == StandardScopes.Roles))
            return GrantAnswers.Refuse(Errors.InvalidScope, "The client is registered for no scope of an API, or for none of the named resource.");

        var identity = new ClaimsIdentity(GrantAnswers.Scheme, ClaimNames.Name, ClaimNames.Role);
        identity.AddClaim(new Claim(ClaimNames.Subject, client.ClientId!).SetDestinations(Destinations.AccessToken));
        var audiences = Audiences.Of(snapshot, scopes, resources, options.Value.Issuer);
        if (account is { } id)
            await AddAccountAsync(identity, id, AudienceClaims.Registered(snapshot, scopes, audiences), ct);
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(scopes);
        principal.SetResources(audiences);
        return Results.SignIn(principal, authenticationScheme: GrantAnswers.Scheme);
    }

    /// <summary>The subject stays the client (RFC 9068 section 2.2): there is no resource owner. Who it acts for stands beside it, with the same claims as a person's token.</summary>
    private async Task AddAccountAsync(ClaimsIdentity identity, Guid account, AudienceClaims audience, CancellationToken ct)
    {
        identity.AddClaim(new Claim(BearerTokens.ServiceAccount, account.ToString()).SetDestinations(Destinations.AccessToken));
        foreach (var (name, values) in audience.Of(account, audience.AskForRoles ? await roles.HeldByAsync(account, ct) : [], events))
            identity.AddClaim(new Claim(name, JsonSerializer.Serialize(values), "JSON_ARRAY").SetDestinations(Destinations.AccessToken));
    }
}
