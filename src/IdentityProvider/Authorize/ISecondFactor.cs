namespace IdentityProvider.Authorize;

/// <summary>
/// A kind of second factor: asked for after the first, offered beside the others under "Try another way". A page of the room
/// asks (with <c>?ticket=</c>), finds the person by <c>SessionStore.FindBegunAsync</c>, and ends with
/// <c>SessionStore.CompleteAsync</c> and <c>HandOver.To(waiting.ReturnUrl)</c>. Must not need the session store itself.
/// Reason for the interface: the kinds stand in rooms that do not know each other.
/// </summary>
internal interface ISecondFactor
{
    /// <summary>One word for counters and events: totp, passkey, recovery_code, email_code.</summary>
    string Kind { get; }

    /// <summary>The place among the others, strongest first: passkey 10, totp 20, email_code 30, recovery_code 40.</summary>
    int Order { get; }

    /// <summary>What the link to it says: "Use your authenticator app".</summary>
    string Title { get; }

    /// <summary>The path of the page that asks for it.</summary>
    string Page { get; }

    /// <summary>Who has it is asked at every sign-in. False for what only stands in for another: recovery codes, mailed codes.</summary>
    bool AskedAlways { get; }

    /// <summary>What a password and this factor of the person reach together (<see cref="Claims.Acr"/>); null when they have none that is ready to be used.</summary>
    ValueTask<string?> AcrOfAsync(Guid userId, CancellationToken ct);

    /// <summary>Takes all of this kind away, in the transaction of the caller.</summary>
    Task RemoveAsync(Guid userId, CancellationToken ct);
}
