using IdentityProvider.Platform.Metrics;

namespace IdentityProvider.Platform.Events;

/// <summary>
/// News of a room, named in the past tense (<c>SignedIn</c>). Rooms raise it; log, audit and metrics listen and know no room.
/// Reason for the interface: the arrow turns, so that news flows up without an import.
/// </summary>
internal interface IEvent
{
    /// <summary>The name in log and audit: <c>room.event</c>, snake case.</summary>
    string Name { get; }

    /// <summary>
    /// Facts worth keeping. No secret, no token, no personal text: ids and reasons only. <c>actor</c>, <c>user</c>, <c>client</c>, <c>session</c>, <c>ip</c>,
    /// <c>reason</c> and <c>error_id</c> have a column of their own in the audit.
    /// </summary>
    IEnumerable<KeyValuePair<string, object?>> Facts { get; }

    /// <summary>False for what an operator reads in the log and no auditor asks for.</summary>
    bool IsAudited => true;

    /// <summary>Did it happen, or was it refused?</summary>
    EventResult Result => EventResult.Done;

    /// <summary>What it was done to; null: the <c>user</c> of the facts.</summary>
    EventTarget? Target => null;

    /// <summary>What was there, where something changed. Kept as JSON: no secret in it.</summary>
    object? Before => null;

    /// <summary>What is there now.</summary>
    object? After => null;

    /// <summary>What it is counted as, beside its name.</summary>
    Tally? Tally => null;

    /// <summary>An administrator wrote the reason: it is for the audit, and no label of a metric.</summary>
    bool HasWrittenReason => false;

    /// <summary>For what strangers can cause without end: of equal ones from one address one is audited in so long.</summary>
    TimeSpan? AuditedOncePer => null;
}

internal enum EventResult
{
    Done,
    Refused,
    Failed,
}

internal sealed record EventTarget(string Kind, string? Id);
