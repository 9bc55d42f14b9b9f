namespace IdentityProvider.Platform.Events;

/// <summary>
/// News of a room, named in the past tense (<c>SignedIn</c>). Rooms raise it; log, audit and metrics listen and know no room.
/// Reason for the interface: the arrow turns, so that news flows up without an import.
/// </summary>
internal interface IEvent
{
    /// <summary>The name in log and audit: <c>room.event</c>, snake case.</summary>
    string Name { get; }

    /// <summary>Facts worth keeping. No secret, no token, no personal text: ids and reasons only.</summary>
    IEnumerable<KeyValuePair<string, object?>> Facts { get; }
}
