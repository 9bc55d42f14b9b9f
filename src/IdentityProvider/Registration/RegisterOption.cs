using IdentityProvider.Authorize;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Registration;

/// <summary>The link on the sign-in page.</summary>
internal sealed class RegisterOption(IOptions<RegistrationOptions> options) : ISignInOption
{
    public ValueTask<IReadOnlyList<SignInOptionLink>> ForAsync(WaitingRequest request, CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<SignInOptionLink>>(
        options.Value.Mode == RegistrationMode.Open
            ? [new SignInOptionLink("Create an account", $"/register?ticket={request.Ticket}") { CreatesAccount = true }]
            : []);
}
