using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Sessions;
using OpenIddict.Abstractions;

namespace IdentityProvider.Authorize;

/// <summary>How strong a request wants the sign-in to be.</summary>
/// <param name="Acr">The weakest value that is good enough.</param>
/// <param name="Essential">Less is refused (OpenID Connect Core 1.0 section 5.5.1.1); else the client reads in acr what it got.</param>
internal sealed record WantedAcr(string Acr, bool Essential)
{
    /// <summary>A factor is set up by somebody who has just signed in, not with a session that was left open.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    /// <summary>What the request asks for, and never less than its client takes.</summary>
    public static WantedAcr Of(OpenIddictRequest request, Client client)
    {
        var asked = Of(request);
        if (client.RequiredAcr is not { } required || (asked.Essential && !Claims.Acr.Supported.Contains(asked.Acr)))
            return asked;

        // A client that takes nothing weaker insists on what it asks for beyond that too.
        return Claims.Acr.Reaches(asked.Acr, required) ? asked with { Essential = true } : new(required, Essential: true);
    }

    private static WantedAcr Of(OpenIddictRequest request)
    {
        if (RequestedClaims.Parse((string?)request["claims"])?.EssentialAcr is [var first, ..] essential)
            return new(Weakest(essential) ?? first, Essential: true);
        return new(Weakest(request.GetAcrValues()) ?? Claims.Acr.Password, Essential: false);
    }

    public bool IsMetBy(Session session) => session.CompletedAt is not null && Claims.Acr.Reaches(SessionFacts.Of(session).Acr, Acr);

    public static bool IsFresh(Session session, DateTimeOffset startedAt) => session.AuthenticatedAt + Fresh >= startedAt;

    private static string? Weakest(IReadOnlyCollection<string> values) => Claims.Acr.Supported.FirstOrDefault(values.Contains);
}
