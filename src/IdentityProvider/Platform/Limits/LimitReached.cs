using IdentityProvider.Platform.Events;

namespace IdentityProvider.Platform.Limits;

/// <summary>Somebody was told to come back later. Who, is nobody's business here: the key is an address or a person.</summary>
internal sealed record LimitReached(string Policy) : IEvent
{
    public string Name => "limits.reached";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("reason", Policy)];
    public EventResult Result => EventResult.Refused;
    public TimeSpan? AuditedOncePer => TimeSpan.FromMinutes(1);
}
