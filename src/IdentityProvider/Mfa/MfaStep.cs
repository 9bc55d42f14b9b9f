using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using IdentityProvider.Sessions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Mfa;

/// <summary>
/// Is the sign-in complete, and as strong as the request and the person's roles want it? Asks with the strongest factor the person
/// has, and lets somebody without any set one up.
/// </summary>
internal sealed class MfaStep(SecondFactors factors, SecondFactorPolicy policy) : IAuthorizeStep
{
    private const string Unmet = "unmet_authentication_requirements";

    public async ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct)
    {
        var session = context.Begun!;
        var wanted = WantedAcr.Of(context.Request, context.Client);

        // Nothing is proven of somebody who is acted for; only a request that insists finds that too little.
        if (session.ActorId is not null && !wanted.Essential)
            return null;
        var complete = await IsCompleteAsync(session, ct);
        if (complete && wanted.IsMetBy(session) && !await IsStaleAsync(context, session, ct))
            return null;

        // A sign-in that has only begun is completed first, whatever the request wants beyond that.
        var asked = await factors.OfAsync(session.UserId, complete ? wanted.Acr : Acr.Password, ct);
        if (asked is [var strongest, ..])
            return new Pending(strongest.Page, "second_factor", Errors.InteractionRequired, "The person must give a second factor, and the request allows no page.");
        if (await factors.HasAnyAsync(session.UserId, ct) || !Acr.Reaches(Acr.MultiFactor, wanted.Acr))
        {
            if (wanted.Essential)
                return new Pending("/mfa/set-up", "essential_acr", Unmet, "The person has no second factor of the kind the request insists on.");

            // The request prefers more than there is: what there is will do, once the sign-in is complete.
            if (complete)
                return null;
        }

        return WantedAcr.IsFresh(session, context.StartedAt)
            ? new Pending("/mfa/set-up", "no_second_factor", Errors.InteractionRequired, "The person must set up a second factor, and the request allows no page.")
            : new Pending("/login", "set_up_unfresh", Errors.LoginRequired, "The person must sign in to set up a second factor, and the request allows no page.");
    }

    /// <summary>A role given since, or a rule made since, takes a session of one factor back to where a sign-in begins.</summary>
    private async ValueTask<bool> IsCompleteAsync(Session session, CancellationToken ct) =>
        session.CompletedAt is not null && (session.IsMultiFactor || !await policy.IsOverdueAsync(session.UserId, ct));

    /// <summary>A fresh sign-in is asked for, and a trusted device answered in the place of the second factor.</summary>
    private async ValueTask<bool> IsStaleAsync(AuthorizeContext context, Session session, CancellationToken ct) =>
        (context.MaxAge is not null || context.Prompts("login")) && !session.IsMultiFactor && await factors.HasAnyAsync(session.UserId, ct);
}
