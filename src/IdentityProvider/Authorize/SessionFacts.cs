using IdentityProvider.Claims;
using IdentityProvider.Sessions;

namespace IdentityProvider.Authorize;

/// <summary>What a session proves, in the words of the tokens: auth_time, acr, amr and sid.</summary>
internal static class SessionFacts
{
    public static AuthenticationFacts Of(Session session)
    {
        // Two kinds of proof are multi-factor (RFC 8176 section 2).
        string[] amr = [.. session.Factors.Select(f => f.Method), .. session.Factors.Count > 1 ? ["mfa"] : Array.Empty<string>()];
        return new AuthenticationFacts(session.AuthenticatedAt, Acr.Of(amr), amr, session.Id.ToString());
    }
}
