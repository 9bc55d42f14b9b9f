using System.Security.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Tokens.Grants;

/// <summary>
/// A service acts for itself (RFC 6749 section 4.4): scopes of APIs only, no person, no refresh token, and not one
/// statement to the database.
/// </summary>
internal sealed class ClientCredentials(ClientCache clients, ScopeCatalog catalog, IOptions<IdentityProviderOptions> options)
{
    public async Task<IResult> HandleAsync(OpenIddictRequest request, CancellationToken ct)
    {
        var client = (await clients.FindAsync(request.ClientId!, ct))!;
        var snapshot = await catalog.GetAsync(ct);
        var asked = request.GetScopes();
        if (snapshot.Find(asked).FirstOrDefault(s => s.Api is null) is { } personal)
            return GrantAnswers.Refuse(Errors.InvalidScope, $"The scope '{personal.Name}' speaks of a person. This grant type acts for the client alone.");

        // No scope asked for means all that the client is registered for (RFC 6749 section 3.3).
        var resources = request.GetResources();
        IEnumerable<string> names = asked.Length > 0 ? asked : client.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] scopes = [.. snapshot.Find(names).Where(s => s.Api is not null && (resources.Length == 0 || resources.Contains(s.Api))).Select(s => s.Name)];
        if (scopes.Length == 0)
            return GrantAnswers.Refuse(Errors.InvalidScope, "The client is registered for no scope of an API, or for none of the named resource.");

        var identity = new ClaimsIdentity(GrantAnswers.Scheme, ClaimNames.Name, ClaimNames.Role);
        var subject = new Claim(ClaimNames.Subject, client.ClientId!);
        subject.SetDestinations(Destinations.AccessToken);
        identity.AddClaim(subject);
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(scopes);
        principal.SetResources(Audiences.Of(snapshot, scopes, resources, options.Value.Issuer));
        return Results.SignIn(principal, authenticationScheme: GrantAnswers.Scheme);
    }
}
