using IdentityProvider.Authorize;
using IdentityProvider.Sessions;

namespace IdentityProvider.Passkeys;

/// <summary>The button on the sign-in page, and the script behind it that also fills the passkeys into the name field.</summary>
internal sealed class PasskeyOption : ISignInOption
{
    public ValueTask<IReadOnlyList<SignInOptionLink>> ForAsync(WaitingRequest request, CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<SignInOptionLink>>(
        [new SignInOptionLink("Use a passkey", $"/passkey?ticket={request.Ticket}") { View = "/Passkeys/_SignIn.cshtml", Way = LastWay.Passkey }]);
}
