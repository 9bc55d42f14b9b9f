using IdentityProvider.Clients;
using IdentityProvider.Tokens.Grants;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

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
        if (http.RequestServices.GetServices<IFurtherGrant>().FirstOrDefault(further => further.GrantType == request.GrantType) is { } grant)
            return await grant.HandleAsync(request, proof.Principal, ct);
        return await http.RequestServices.GetRequiredService<PersonGrant>().HandleAsync(request, proof.Principal!, ct);
    }

    public static readonly IResult Gone = GrantAnswers.Refuse(Errors.InvalidGrant, "What this code or token stands for is gone: the person, the session or the grant has ended.");
}
