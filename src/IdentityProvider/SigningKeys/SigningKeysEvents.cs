using IdentityProvider.Platform.Events;

namespace IdentityProvider.SigningKeys;

internal sealed record SigningKeyCreated(string KeyId, string Algorithm, DateTimeOffset ActivatesAt) : IEvent
{
    public string Name => "signing_keys.key_created";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("key", KeyId), new("algorithm", Algorithm), new("activates_at", ActivatesAt)];
    public EventTarget? Target => new("signing_key", KeyId);
}

internal sealed record SigningKeyRemoved(string KeyId, string Algorithm) : IEvent
{
    public string Name => "signing_keys.key_removed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("key", KeyId), new("algorithm", Algorithm)];
    public EventTarget? Target => new("signing_key", KeyId);
}
