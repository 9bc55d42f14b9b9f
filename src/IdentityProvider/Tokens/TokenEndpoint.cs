using System.Security.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Tokens.Grants;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens;

/// <summary>
/// The token endpoint (RFC 6749 section 3.2). The engine has authenticated the client and checked the code or token; each
/// grant type says, in its own file, for whom and for what there is a token.
/// </summary>
internal static class TokenEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext http, CancellationToken ct)
    {
        var request = http.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
            return await http.RequestServices.GetRequiredService<ClientCredentials>().HandleAsync(request, ct);

        var proof = await http.AuthenticateAsync(GrantAnswers.Scheme);
        if (request.IsTokenExchangeGrantType() && proof.Principal is { } subject && !BearerTokens.IsApiKey(subject))
            return await http.RequestServices.GetRequiredService<Delegation>().HandleAsync(request, subject, ActorOf(http), ct);
        if (http.RequestServices.GetServices<IFurtherGrant>().FirstOrDefault(further => further.GrantType == request.GrantType) is { } grant)
            return await grant.HandleAsync(request, proof.Principal, ct);
        return await http.RequestServices.GetRequiredService<PersonGrant>().HandleAsync(request, proof.Principal!, ct);
    }

    /// <summary>Whoever acts for the person of the subject_token, where an actor_token says so; the engine has checked it.</summary>
    private static ClaimsPrincipal? ActorOf(HttpContext http) =>
        http.Features.Get<OpenIddictServerAspNetCoreFeature>()?.Transaction?.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!)?.ActorTokenPrincipal;

    public static readonly IResult Gone = GrantAnswers.Refuse(Errors.InvalidGrant, "What this code or token stands for is gone: the person, the session or the grant has ended.");
}
