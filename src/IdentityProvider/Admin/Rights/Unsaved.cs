namespace IdentityProvider.Admin.Rights;

/// <summary>What somebody had chosen when another one was faster: against how it is by now, so that they can choose it again.</summary>
internal sealed record Unsaved(IReadOnlyList<string> Added, IReadOnlyList<string> Removed)
{
    /// <returns>Null when both are the same.</returns>
    public static Unsaved? Of(IEnumerable<string> typed, IEnumerable<string> now)
    {
        var (wanted, there) = (typed.ToHashSet(StringComparer.Ordinal), now.ToHashSet(StringComparer.Ordinal));
        return wanted.SetEquals(there) ? null : new Unsaved([.. wanted.Except(there).Order(StringComparer.Ordinal)], [.. there.Except(wanted).Order(StringComparer.Ordinal)]);
    }
}
