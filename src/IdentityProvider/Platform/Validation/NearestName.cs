namespace IdentityProvider.Platform.Validation;

/// <summary>The known name a mistyped one was probably meant to be.</summary>
internal static class NearestName
{
    /// <summary>Nothing when no name is near: a wrong guess misleads more than none.</summary>
    public static string? Of(string given, IEnumerable<string> known)
    {
        var nearest = known
            .Select(name => (name, distance: Distance(given.ToUpperInvariant(), name.ToUpperInvariant())))
            .OrderBy(candidate => candidate.distance)
            .ThenBy(candidate => candidate.name, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest.name is not null && nearest.distance <= Math.Max(2, given.Length / 3) && nearest.distance < given.Length ? nearest.name : null;
    }

    /// <summary>" Did you mean "x"?", or nothing; to be put behind a sentence.</summary>
    public static string Question(string given, IEnumerable<string> known) =>
        Of(given, known) is { } name ? $" Did you mean \"{name}\"?" : "";

    /// <summary>Levenshtein, in one row. Long input is cut: the answer is a hint.</summary>
    private static int Distance(string a, string b)
    {
        (a, b) = (a[..Math.Min(a.Length, 100)], b[..Math.Min(b.Length, 100)]);
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
