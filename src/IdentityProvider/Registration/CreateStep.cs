using IdentityProvider.Authorize;
using Microsoft.Extensions.Options;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Registration;

/// <summary>prompt=create (Initiating User Registration via OpenID Connect 1.0): did the person register, or sign in, since?</summary>
internal sealed class CreateStep(IOptions<RegistrationOptions> options) : IAuthorizeStep
{
    public ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct) => ValueTask.FromResult(
        options.Value.Mode == RegistrationMode.Open && !context.Client.LocalSignInOff && context.Prompts("create") && !(context.Begun?.ConfirmedAt >= context.StartedAt)
            ? new Pending("/register", "prompt_create", Errors.InteractionRequired, "The person must create an account, and the request allows no page.")
            : null);
}
