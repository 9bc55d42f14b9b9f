using IdentityProvider.Claims;
using IdentityProvider.Sessions;

namespace IdentityProvider.Authorize;

/// <summary>What a session proves, in the words of the tokens: auth_time, acr, amr and sid.</summary>
internal static class SessionFacts
{
    public static AuthenticationFacts Of(Session session)
    {
        if (session.ActorId is { } actor)
            return new AuthenticationFacts(session.AuthenticatedAt, Acr.None, [], session.Id.ToString(), actor.ToString("D"));
        string[] amr = [.. session.Factors.Select(f => f.Method).Concat(session.IsMultiFactor ? ["mfa"] : []).Distinct()];
        return new AuthenticationFacts(session.AuthenticatedAt, Acr.Of(amr), amr, session.Id.ToString());
    }
}
