using IdentityProvider.Authorize;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.PersonalData;

/// <summary>Did the person ask for the end of this account? Then they decide first whether it stays.</summary>
internal sealed class DeletionStep(Deletions deletions) : IAuthorizeStep
{
    public async ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct) =>
        await deletions.FindAsync(context.Session!.UserId, ct) is null
            ? null
            : new Pending("/closed-account", "account_deletion", Errors.InteractionRequired, "The person asked for the deletion of their account, and the request allows no page.");
}
