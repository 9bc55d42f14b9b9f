using System.Security.Claims;
using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Tokens.Grants;

/// <summary>
/// Code, refresh token and device code lead to the same place: a grant a person gave. Who the person is and what is known of
/// them is read anew each time, so that a disabled user, a new role or a changed name shows in the next token.
/// </summary>
internal sealed class PersonGrant(Store db, ScopeCatalog catalog, PrincipalFactory principals, IEnumerable<ISecondFactorPolicy> policies, IOptions<TokensOptions> options, TimeProvider clock)
{
    public async Task<IResult> HandleAsync(OpenIddictRequest request, ClaimsPrincipal proof, CancellationToken ct)
    {
        if (!Guid.TryParse(proof.GetAuthorizationId(), out var grantId) || !Guid.TryParse(proof.GetClaim(ClaimNames.Subject), out var userId))
            return TokenEndpoint.Gone;

        // A code that was made while its session ended was not there to be revoked with it.
        var sid = request.IsAuthorizationCodeGrantType() ? (await GrantAsync(grantId, ct))?.SessionId : null;
        var user = await db.Set<User>().AsNoTracking()
            .FirstOrDefaultAsync(u => u.Id == userId && u.DisabledAt == null && (sid == null || db.Set<Session>().Any(s => s.Id == sid)), ct);
        if (user is null)
            return TokenEndpoint.Gone;
        if (await IsOverdueAsync(userId, proof, ct))
            return GrantAnswers.Refuse(Errors.InvalidGrant, "The person must now sign in with a second factor, and has not.");
        if (request.IsRefreshTokenGrantType() && await IsTooOldAsync(grantId, ct))
            return GrantAnswers.Refuse(Errors.InvalidGrant, "This sign-in is too old to be renewed. The person must sign in again.");

        var snapshot = await catalog.GetAsync(ct);
        var granted = proof.GetScopes();
        var audiences = proof.GetResources();
        var resources = request.GetResources();

        // A token for fewer APIs than were granted, never for more (RFC 8707 section 2.2).
        if (resources.Any(r => !audiences.Contains(r)))
            return GrantAnswers.Refuse(Errors.InvalidTarget, "The resource was not part of what the person granted.");
        var scopes = Audiences.Narrow(snapshot, granted, resources);

        var answered = request.IsRefreshTokenGrantType() && request.GetScopes() is { Length: > 0 } less ? [.. scopes.Where(less.Contains)] : scopes;
        var requested = proof.GetClaims(PrincipalFactory.RequestedIdTokenClaim);
        var principal = await principals.CreateAsync(user, PrincipalFactory.FactsOf(proof), scopes, answered, resources.Length > 0 ? resources : audiences, requested, ct);
        foreach (var name in requested)
            ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(PrincipalFactory.RequestedIdTokenClaim, name));
        principal.SetAuthorizationId(grantId.ToString());

        // Whoever reads it offline believes it until it expires, and the administrator may stop any moment.
        if (proof.HasClaim(PrincipalFactory.Act))
            principal.SetAccessTokenLifetime(options.Value.AccessTokenLifetime < Delegation.Lifetime ? options.Value.AccessTokenLifetime : Delegation.Lifetime);
        return Results.SignIn(principal, authenticationScheme: GrantAnswers.Scheme);
    }

    /// <summary>
    /// A sign-in of one factor that a role or a rule no longer lets pass is good for no token either. The grant stays: it goes on when
    /// the role is taken back.
    /// </summary>
    private async Task<bool> IsOverdueAsync(Guid userId, ClaimsPrincipal proof, CancellationToken ct)
    {
        var facts = PrincipalFactory.FactsOf(proof);
        if (facts.Actor is not null || Acr.Reaches(facts.Acr, Acr.MultiFactor))
            return false;
        foreach (var policy in policies)
            if (await policy.IsOverdueAsync(userId, ct))
                return true;
        return false;
    }

    private async Task<bool> IsTooOldAsync(Guid grantId, CancellationToken ct)
    {
        return (await GrantAsync(grantId, ct))?.CreationDate is not { } created || created + options.Value.RefreshTokenAbsoluteLifetime < clock.GetUtcNow().UtcDateTime;
    }

    private async ValueTask<Grant?> GrantAsync(Guid grantId, CancellationToken ct) =>
        db.Set<Grant>().Local.FindEntry(grantId)?.Entity ?? await db.Set<Grant>().FindAsync([grantId], ct);
}
