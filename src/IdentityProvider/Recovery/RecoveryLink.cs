using IdentityProvider.Authorize;

namespace IdentityProvider.Recovery;

/// <summary>"Forgot your password?" beside the password.</summary>
internal sealed class RecoveryLink(RecoveryMail mail) : ISignInOption
{
    public ValueTask<IReadOnlyList<SignInOptionLink>> ForAsync(WaitingRequest request, CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<SignInOptionLink>>(
        mail.IsOffered ? [new SignInOptionLink("Forgot your password?", $"/recover?ticket={request.Ticket}") { BesidePassword = true }] : []);
}
