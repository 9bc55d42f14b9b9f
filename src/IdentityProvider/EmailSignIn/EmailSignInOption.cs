using IdentityProvider.Authorize;
using IdentityProvider.Sessions;

namespace IdentityProvider.EmailSignIn;

/// <summary>The button on the sign-in page.</summary>
internal sealed class EmailSignInOption(SignInMail mail) : ISignInOption
{
    public ValueTask<IReadOnlyList<SignInOptionLink>> ForAsync(WaitingRequest request, CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<SignInOptionLink>>(
        mail.IsOfferedFor(request) ? [new SignInOptionLink("Mail me a code", $"/login/mail?ticket={request.Ticket}") { Way = LastWay.Mail }] : []);
}
