using IdentityProvider.Authorize;
using IdentityProvider.Users;
using Microsoft.Extensions.Options;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Registration;

/// <summary>Does the person's mail really reach them?</summary>
internal sealed class EmailProofStep(IOptions<RegistrationOptions> options) : IAuthorizeStep
{
    public ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct) => ValueTask.FromResult(
        context.Session?.User is { EmailConfirmed: false, Email: not null } user && Demanded(user)
            ? new Pending("/verify", "email_unproven", Errors.InteractionRequired, "The person must confirm their e-mail address, and the request allows no page.")
            : null);

    private bool Demanded(User user) => options.Value.ProofDemandedOf switch
    {
        EmailProofDemand.Everybody => true,
        EmailProofDemand.Registered => user.RegisteredAt is not null,
        _ => false,
    };
}
