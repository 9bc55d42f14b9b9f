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
    /// <summary>Texts and links of the buttons; none where it does not apply.</summary>
    ValueTask<IReadOnlyList<SignInOptionLink>> ForAsync(WaitingRequest request, CancellationToken ct);
}

internal sealed record SignInOptionLink(string Label, string Url)
{
    /// <summary>The path of an image on this server that stands beside the label.</summary>
    public string? Icon { get; init; }

    /// <summary>The letter that stands there where there is no image.</summary>
    public string? Letter { get; init; }

    /// <summary>Not a way of its own, but help with the password: it stands beside that field.</summary>
    public bool BesidePassword { get; init; }

    /// <summary>The path of a partial view to show in place of a link, where there is more to it. Its model is this record.</summary>
    public string? View { get; init; }

    /// <summary>The request asks for this way by a hint: the sign-in page leads straight to it.</summary>
    public bool IsHinted { get; init; }

    /// <summary>An account elsewhere lets the person in: what is left where a client takes no other.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>It leads to a new account: what prompt=create asks for.</summary>
    public bool CreatesAccount { get; init; }

    /// <summary>What a browser remembers this way by (<c>LastWay</c> of Sessions); null for one that is no way by itself.</summary>
    public string? Way { get; init; }

    /// <summary>It was used last in this browser, with success.</summary>
    public bool IsLastUsed { get; init; }
}
