namespace IdentityProvider.Platform.Limits;

/// <summary>
/// Two buckets stand for a sliding window: the current one counts fully, the one before by the share of it that the
/// sliding window still covers. Whole ticks and whole permits, so that every node computes the same.
/// </summary>
internal readonly record struct SlidingWindow(int Permits, long Length, long Now)
{
    public long Number => Now / Length;

    /// <summary>When the counter of this window stops to matter: at the end of the next.</summary>
    public DateTimeOffset ExpiresAt => new((Number + 2) * Length, TimeSpan.Zero);

    private long Remaining => Length - Now % Length;

    /// <summary>How far the current bucket may fill, given what the one before holds.</summary>
    public int Allowed(int previous) => Permits - (int)((previous * Remaining + Length - 1) / Length);

    /// <summary>How long until one more is let through, if nothing else happens.</summary>
    public TimeSpan RetryAfter(int previous, int current)
    {
        if (current < Allowed(previous))
            return TimeSpan.Zero;
        var room = (long)Permits - 1 - current;
        return TimeSpan.FromTicks(room >= 0
            ? Remaining - room * Length / previous
            : Remaining + Length - (Permits - 1L) * Length / current);
    }
}
