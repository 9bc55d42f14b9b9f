using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Metrics;

namespace IdentityProvider.Sessions;

internal sealed record SessionStarted(Guid UserId, Guid SessionId, string Method, bool Complete) : IEvent
{
    public string Name => "sessions.session_started";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("session", SessionId), new("method", Method), new("complete", Complete)];
    public Tally? Tally => SignInTally.Accepted(SignInTally.SignIns, Method);
}

internal sealed record SessionCompleted(Guid UserId, Guid SessionId, string Method) : IEvent
{
    public string Name => "sessions.session_completed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("session", SessionId), new("method", Method)];

    /// <summary>Without a proof where a second factor was not there before and has just been made.</summary>
    public Tally? Tally => Method is "" ? null : SignInTally.Accepted(SignInTally.SecondFactors, Method);
}

internal sealed record SessionEnded(Guid UserId, Guid SessionId, string Reason) : IEvent
{
    public string Name => "sessions.session_ended";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("session", SessionId), new("reason", Reason)];
}
