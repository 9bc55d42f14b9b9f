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

        var (hinted, hintIsValid) = await HintedSubjectAsync(http, request);
        if (!hintIsValid)
            return (null, (Errors.InvalidRequest, "The 'id_token_hint' is not an ID token that this server issued."));
        if (request["max_age"] is not null && AuthorizeContext.ReadMaxAge(request) is null)
            return (null, (Errors.InvalidRequest, "The parameter 'max_age' must be a number of seconds."));
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
        var begun = await sessions.FindBegunAsync(http, ct);
        var scopes = Audiences.Narrow(snapshot, request.GetScopes(), request.GetResources());
        return (new AuthorizeContext
        {
            Kind = RequestKind.Authorization,
            Request = request,
            Client = client,
            StartedAt = stored?.StartedAt ?? now,
            Now = now,

            // Nothing of what is done for somebody outlives the session it is done in.
            Scopes = begun is { ActorId: not null } ? [.. scopes.Where(scope => scope != Scopes.OfflineAccess)] : scopes,
            Claims = claims,
            Begun = begun,
            HintedSubject = hinted ?? claims.Subject,
            Ticket = stored?.Ticket,
            Refusal = stored?.Refusal,
            Pushed = stored?.Pushed ?? http.Items.ContainsKey(PushedRequests.Marker),
        }, null);
    }

    /// <summary>The engine has validated the hint: signature, issuer, type; an expired one is good enough to name a person.</summary>
    private static async Task<(string? Subject, bool IsValid)> HintedSubjectAsync(HttpContext http, OpenIddictRequest request)
    {
        if (string.IsNullOrEmpty(request.IdTokenHint))
            return (null, true);
        var subject = (await http.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal?.GetClaim(ClaimNames.Subject);
        return (subject, subject is not null);
    }
}
