using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Sessions;

namespace IdentityProvider.Passkeys;

internal sealed record PasskeyAdded(Guid UserId, Guid PasskeyId, Guid Aaguid) : IEvent
{
    public string Name => "passkeys.added";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("passkey", PasskeyId), new("aaguid", Aaguid)];
}

internal sealed record PasskeyRenamed(Guid UserId, Guid PasskeyId) : IEvent
{
    public string Name => "passkeys.renamed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("passkey", PasskeyId)];
}

internal sealed record PasskeyRemoved(Guid UserId, Guid PasskeyId) : IEvent
{
    public string Name => "passkeys.removed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("passkey", PasskeyId)];
}

/// <summary>A response was not taken; the user is known where the passkey is.</summary>
internal sealed record PasskeyRefused(Purpose Purpose, Guid? UserId, string Reason) : IEvent
{
    public string Name => "passkeys.refused";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("purpose", Purpose), new("user", UserId), new("reason", Reason)];
    public EventResult Result => EventResult.Refused;
    public Tally? Tally => Purpose is Purpose.Register ? null : SignInTally.Refused(Purpose is Purpose.SignIn ? SignInTally.SignIns : SignInTally.SecondFactors, "passkey", Reason);
}

/// <summary>A passkey counted backwards: there may be a copy of what cannot be copied (WebAuthn Level 3 section 6.1.1).</summary>
internal sealed record SignCountRegressed(Guid UserId, Guid PasskeyId) : IEvent
{
    public string Name => "passkeys.sign_count_regressed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("passkey", PasskeyId)];
}
