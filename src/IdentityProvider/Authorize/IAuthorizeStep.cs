namespace IdentityProvider.Authorize;

/// <summary>
/// One question between the request and the code: is the person known, is the proof strong and fresh enough, did they agree.
/// Steps do not know each other; whoever answers comes back to the dispatcher, which asks all of them again.
/// Reason for the interface: the arrow turns, rooms bring their steps and the dispatcher knows none of them.
/// </summary>
internal interface IAuthorizeStep
{
    /// <summary>Null when content; else the page that settles it and the error for a client that allows no page.</summary>
    ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct);
}

/// <summary>A step that is not content.</summary>
/// <param name="Page">The path of the page, without query.</param>
/// <param name="Reason">For the log: no_session, max_age, id_token_hint...</param>
/// <param name="Error">The code of OpenID Connect Core 1.0 section 3.1.2.6 for prompt=none.</param>
/// <param name="Description">The sentence that goes with it.</param>
internal sealed record Pending(string Page, string Reason, string Error, string Description);

/// <summary>
/// A way to sign in beside the password, as the sign-in page shows it.
/// Reason for the interface: SignIn lists the ways without knowing the rooms that bring them.
/// </summary>
internal interface ISignInOption
{
    /// <summary>Text and link of the button; null where it does not apply.</summary>
    ValueTask<SignInOptionLink?> ForAsync(WaitingRequest request, CancellationToken ct);
}

internal sealed record SignInOptionLink(string Label, string Url, string? Icon);
