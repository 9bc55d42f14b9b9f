using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;

namespace IdentityProvider.Clients;

/// <summary>
/// A grant type that another room brings to the token endpoint. The engine has authenticated the client and checked what it sent. The reason
/// for an interface: Tokens and that room do not know each other.
/// </summary>
internal interface IFurtherGrant
{
    /// <summary>The value of the parameter grant_type.</summary>
    string GrantType { get; }

    /// <summary>Answers with a sign-in or a refusal of <see cref="GrantAnswers.Scheme"/>.</summary>
    Task<IResult> HandleAsync(OpenIddictRequest request, ClaimsPrincipal? proof, CancellationToken ct);
}

/// <summary>How grant types answer.</summary>
internal static class GrantAnswers
{
    public const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    /// <summary>The claim that names what an access token came of, and dies with; absent where a client acts for itself.</summary>
    public const string GrantId = "grant_id";

    public static IResult Refuse(string error, string description) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        [Scheme]);
}
