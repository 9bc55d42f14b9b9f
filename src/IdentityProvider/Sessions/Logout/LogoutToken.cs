using IdentityProvider.Clients;
using IdentityProvider.Platform;
using IdentityProvider.SigningKeys;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace IdentityProvider.Sessions.Logout;

/// <summary>
/// The logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4): signed as the client's ID tokens, with a type of its own,
/// so that neither is taken for the other. <c>sid</c> is always there: without it the client would end all of the person's sessions.
/// </summary>
internal sealed class LogoutToken(SigningKeyRing keys, IOptions<IdentityProviderOptions> root, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    public string Create(Client client, LogoutNotice notice)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "logout+jwt",
            SigningCredentials = keys.Current(client.IdTokenSignedResponseAlg),
            Issuer = root.Value.Issuer,
            Audience = client.ClientId,
            IssuedAt = now,
            Expires = now + Lifetime,
            Claims = new Dictionary<string, object>
            {
                ["sub"] = notice.UserId.ToString("D"),
                ["sid"] = notice.SessionId.ToString(),
                ["jti"] = Guid.CreateVersion7(clock.GetUtcNow()).ToString(),
                ["events"] = new Dictionary<string, object> { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>() },
            },
        });
    }
}
