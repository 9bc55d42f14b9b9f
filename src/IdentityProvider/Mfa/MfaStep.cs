using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Mfa;

/// <summary>
/// Has the person given a second factor where one is due: always when they enrolled one, and when the request asks for it.
/// A factor proven before the first factor was renewed does not count.
/// </summary>
internal sealed class MfaStep(TotpChallenge totp) : IAuthorizeStep
{
    public async ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct)
    {
        var session = context.Session!;
        if (session.FactorAt("otp") >= session.AuthenticatedAt)
            return null;
        if (await totp.IsEnrolledAsync(session.UserId, ct))
            return new Pending("/mfa", "second_factor", Errors.InteractionRequired, "The person must give a second factor, and the request allows no page.");

        // Nothing to ask for: a request that insists is refused, one that prefers gets what there is and reads it in acr.
        return context.Claims.EssentialAcr.Count > 0 && !context.Claims.EssentialAcr.Contains(Acr.Password)
            ? new Pending("/mfa", "essential_acr", "unmet_authentication_requirements", "The person has no second factor, which the request insists on.")
            : null;
    }
}
