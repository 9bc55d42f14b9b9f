using System.Security.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;

namespace IdentityProvider.Tokens;

/// <summary>
/// Is what stands behind an access token still there: the token itself, its grant (and with it the session), its person, its client?
/// Answered from memory.
/// </summary>
internal sealed class TokenLife(RevocationList revocations, ClientCache clients)
{
    public async ValueTask<bool> IsAliveAsync(ClaimsPrincipal accessToken, CancellationToken ct)
    {
        var grant = accessToken.FindFirst(GrantAnswers.GrantId)?.Value;
        Guid? grantId = null, person = null;
        if (grant is not null)
        {
            if (!Guid.TryParse(grant, out var id) || !Guid.TryParse(accessToken.FindFirst(ClaimNames.Subject)?.Value, out var subject))
                return false;
            (grantId, person) = (id, subject);
        }
        else
        {
            person = BearerTokens.ServiceAccountOf(accessToken);
        }

        return accessToken.FindFirst(ClaimNames.ClientId)?.Value is { } clientId
            && await clients.FindAsync(clientId, ct) is not null
            && !await revocations.HoldsAsync(grantId, person, accessToken.FindFirst(ClaimNames.JwtId)?.Value, ct);
    }
}
