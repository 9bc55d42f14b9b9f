using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Sessions;

/// <summary>
/// RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0): with a valid hint for the person who is signed in there is
/// no question; without one there is, or any page could sign people out.
/// </summary>
internal static class EndSessionEndpoint
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static async Task<IResult> HandleAsync(HttpContext http, SessionStore sessions, IEnumerable<ISignOutElsewhere> elsewhere, CancellationToken ct)
    {
        if (http.GetOpenIddictServerResponse() is { } failed)
            return Refuse(failed);

        var request = http.GetOpenIddictServerRequest()!;
        var session = await sessions.FindBegunAsync(http, ct);
        if (session is not null)
        {
            var hint = (await http.AuthenticateAsync(Scheme)).Principal;
            if (hint?.GetClaim(ClaimNames.Subject) != session.UserId.ToString("D"))
                return new SeeOther("/signout" + Forwarded(request));
            var away = await elsewhere.FirstAddressAsync(session, Routes.EndSession + Forwarded(request), ct);
            await sessions.SignOutAsync(http, forget: false, ct);
            if (away is not null)
                return new SeeElsewhere(away);
        }

        var done = http.Request.PathBase + "/signed-out" + (request.ClientId is { } clientId ? QueryString.Create("client_id", clientId) : "");
        return Results.SignOut(new AuthenticationProperties { RedirectUri = done }, [Scheme]);
    }

    /// <summary>The parameters go through the question and come back here, where they are checked again.</summary>
    private static QueryString Forwarded(OpenIddictRequest request) => QueryString.Create(request.GetParameters()
        .Where(p => p.Key is Parameters.ClientId or Parameters.PostLogoutRedirectUri or Parameters.State or Parameters.UiLocales)
        .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value)));

    private static ErrorResult Refuse(OpenIddictResponse failed) => new(new ErrorInfo(StatusCodes.Status400BadRequest, failed.Error ?? Errors.InvalidRequest, failed.ErrorDescription ?? "The request cannot be processed.")
    {
        Heading = "This sign-out link does not work",
        Advice = "You can close this page, or go back to the application and sign out there again.",
    });
}
