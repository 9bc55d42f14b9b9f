using IdentityProvider.Tokens.Grants;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Tokens;

/// <summary>
/// The token endpoint (RFC 6749 section 3.2). The engine has authenticated the client and checked the code or token; each
/// grant type says, in its own file, for whom and for what there is a token.
/// </summary>
internal static class TokenEndpoint
{
    public const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static async Task<IResult> HandleAsync(HttpContext http, CancellationToken ct)
    {
        var request = http.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
            return await http.RequestServices.GetRequiredService<ClientCredentials>().HandleAsync(request, ct);

        var proof = await http.AuthenticateAsync(Scheme);
        return await http.RequestServices.GetRequiredService<PersonGrant>().HandleAsync(request, proof.Principal!, ct);
    }

    public static IResult Refuse(string error, string description) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        [Scheme]);

    public static readonly IResult Gone = Refuse(Errors.InvalidGrant, "What this code or token stands for is gone: the person, the session or the grant has ended.");
}
