using System.Collections.Concurrent;
using System.Threading.Channels;

namespace IdentityProvider.Platform.Events;

/// <summary>
/// Events without a change, on their way into the audit. Bounded: a database that is down for long, or a flood, must not eat the memory. What finds no
/// room is counted, and the audit says how many there were.
/// </summary>
internal sealed class EventQueue(EventLines lines)
{
    public const int Capacity = 10_000;

    private readonly Channel<AuditRecord> channel = Channel.CreateBounded<AuditRecord>(Capacity);
    private readonly ConcurrentDictionary<string, DateTimeOffset> seen = new(StringComparer.Ordinal);
    private long lost;

    public ChannelReader<AuditRecord> Reader => channel.Reader;

    public void Add(AuditRecord record, TimeSpan? oncePer)
    {
        if (oncePer is { } pause && !IsFirst(record, pause))
            return;
        if (channel.Writer.TryWrite(record))
            return;
        Interlocked.Increment(ref lost);
        lines.Lost();
    }

    /// <summary>How many found no room since this was asked last.</summary>
    public long TakeLost() => Interlocked.Exchange(ref lost, 0);

    private bool IsFirst(AuditRecord record, TimeSpan pause)
    {
        var key = $"{record.Name}\n{record.Reason}\n{record.Address}\n{record.TargetId}";
        if (seen.TryGetValue(key, out var last) && record.At - last < pause && record.At >= last)
            return false;

        // Strangers choose the addresses: forgetting costs a record more, and no memory.
        if (seen.Count >= Capacity)
            seen.Clear();
        seen[key] = record.At;
        return true;
    }
}
