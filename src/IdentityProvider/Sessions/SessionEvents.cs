using IdentityProvider.Platform.Events;

namespace IdentityProvider.Sessions;

internal sealed record SessionStarted(Guid UserId, Guid SessionId, string Method, bool Complete) : IEvent
{
    public string Name => "sessions.session_started";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("session", SessionId), new("method", Method), new("complete", Complete)];
}

internal sealed record SessionCompleted(Guid UserId, Guid SessionId, string Method) : IEvent
{
    public string Name => "sessions.session_completed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("session", SessionId), new("method", Method)];
}

internal sealed record SessionEnded(Guid UserId, Guid SessionId, string Reason) : IEvent
{
    public string Name => "sessions.session_ended";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("session", SessionId), new("reason", Reason)];
}
