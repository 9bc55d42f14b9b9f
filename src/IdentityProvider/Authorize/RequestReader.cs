using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Authorize;

/// <summary>Makes the context of an authorization request: from the request itself, or from the one stored under its ticket.</summary>
internal sealed class RequestReader(ClientCache clients, ScopeCatalog catalog, SessionStore sessions, TimeProvider clock, IOptions<IdentityProviderOptions> options)
{
    public string Issuer => options.Value.Issuer;

    public async Task<(AuthorizeContext? Context, (string Error, string Description)? Problem)> ReadAsync(HttpContext http, CancellationToken ct)
    {
        var request = http.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("The engine did not see an authorization request.");
        var stored = http.Items[typeof(WaitingRequest)] as WaitingRequest;
        var client = (await clients.FindAsync(request.ClientId!, ct))!;

        if (RequestedClaims.Parse((string?)request["claims"]) is not { } claims)
            return (null, (Errors.InvalidRequest, "The parameter 'claims' must be the JSON of OpenID Connect Core 1.0 section 5.5."));
        var snapshot = await catalog.GetAsync(ct);
        var allowed = client.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        claims = claims with
        {
            UserInfo = [.. claims.UserInfo.Where(c => snapshot.Releases(allowed, c))],
            IdToken = [.. claims.IdToken.Where(c => snapshot.Releases(allowed, c))],
        };

        var now = clock.GetUtcNow();
        return (new AuthorizeContext
        {
            Kind = RequestKind.Authorization,
            Request = request,
            Client = client,
            StartedAt = stored?.StartedAt ?? now,
            Now = now,
            Scopes = Audiences.Narrow(snapshot, request.GetScopes(), request.GetResources()),
            Claims = claims,
            Session = await sessions.FindAsync(http, ct),
            HintedSubject = await HintedSubjectAsync(http) ?? claims.Subject,
            Ticket = stored?.Ticket,
            Refusal = stored?.Refusal,
            Pushed = stored?.Pushed ?? http.Items.ContainsKey(PushedRequests.Marker),
        }, null);
    }

    /// <summary>The engine has validated the hint: signature, issuer, type; an expired one is good enough to name a person.</summary>
    private static async Task<string?> HintedSubjectAsync(HttpContext http)
    {
        var result = await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        return result.Principal?.GetClaim(ClaimNames.Subject);
    }
}
