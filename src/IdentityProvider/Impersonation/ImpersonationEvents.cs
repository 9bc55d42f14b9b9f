using IdentityProvider.Platform.Events;

namespace IdentityProvider.Impersonation;

/// <summary>An administrator began to act for somebody.</summary>
internal sealed record ImpersonationStarted(Guid Actor, Guid UserId, Guid SessionId, string Reason, DateTimeOffset Until) : IEvent
{
    public string Name => "impersonation.started";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId), new("session", SessionId), new("reason", Reason), new("until", Until)];
    public bool HasWrittenReason => true;
}

/// <summary>They may not. Kept, because somebody tried.</summary>
internal sealed record ImpersonationRefused(Guid Actor, Guid UserId, string Reason) : IEvent
{
    public string Name => "impersonation.refused";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId), new("reason", Reason)];
    public EventResult Result => EventResult.Refused;
}
