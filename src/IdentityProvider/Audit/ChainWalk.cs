using IdentityProvider.Platform.Events;

namespace IdentityProvider.Audit;

/// <summary>Where a chain breaks first, and how.</summary>
internal sealed record ChainBreak(long Sequence, string Words);

/// <summary>Goes over records in the order of their numbers and stops at the first that does not follow from the one before.</summary>
internal sealed class ChainWalk(ChainEnd start)
{
    private ChainEnd last = start;

    /// <summary>The last that was right.</summary>
    public ChainEnd Last => last;

    public ChainBreak? Step(AuditRecord record)
    {
        var expected = last.Sequence + 1;
        if (record.Sequence != expected)
            return record.Sequence > expected
                ? new ChainBreak(expected, $"Record {expected} is missing{(record.Sequence - 1 > expected ? $", and all up to {record.Sequence - 1}" : "")}.")
                : new ChainBreak(record.Sequence, $"Record {record.Sequence} stands where record {expected} should.");
        var hash = ChainHash.Of(last.Hash, expected, record);
        if (hash != record.Hash)
            return new ChainBreak(expected, $"Record {expected} is not the one that was written: it was changed, or changed places with another.");
        last = new ChainEnd(expected, hash);
        return null;
    }
}
