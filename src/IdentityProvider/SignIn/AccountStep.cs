using IdentityProvider.Authorize;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.SignIn;

/// <summary>prompt=select_account: did the person choose this account, or sign in to it, for this request? Asked before the sign-in: who is not signed in chooses, too.</summary>
internal sealed class AccountStep : IAuthorizeStep
{
    public ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct) => ValueTask.FromResult(
        context.Prompts("select_account") && !(context.Begun?.ConfirmedAt >= context.StartedAt)
            ? new Pending("/account-choice", "select_account", Errors.AccountSelectionRequired, "The person must choose an account, and the request allows no page.")
            : null);
}
