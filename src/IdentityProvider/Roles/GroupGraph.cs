namespace IdentityProvider.Roles;

/// <summary>Which groups lie in which, reckoned in memory: a deployment has at most <see cref="MostGroups"/>.</summary>
internal static class GroupGraph
{
    public const int MostGroups = 1000, MostInner = 100, MostLevels = 10, MostPaths = 20_000;

    /// <param name="Paths">Every pair of a group and one in it, itself included, with the length of the shortest way.</param>
    /// <param name="Problem">What is wrong with it, in a sentence; null: nothing.</param>
    /// <param name="At">The group at which it shows.</param>
    internal sealed record Closure<T>(IReadOnlyDictionary<(T Inner, T Outer), int> Paths, string? Problem = null, T? At = default);

    public static Closure<T> Close<T>(IReadOnlyCollection<T> groups, ILookup<T, T> inner)
        where T : notnull
    {
        if (groups.Count > MostGroups)
            return Wrong<T>($"is one too many: there are at most {MostGroups}. Remove one first.", groups.Last());
        var paths = new Dictionary<(T, T), int>();
        var levels = new Dictionary<T, int>();
        foreach (var group in groups)
        {
            if (Levels(group, inner, levels, []) is not { } deep)
                return Wrong("would lie in itself, through the groups in it. Take one of them out.", group);
            if (deep > MostLevels)
                return Wrong($"has more than {MostLevels} groups one in the other. Nest less deeply.", group);
            if (!Walk(group, inner, paths))
                return Wrong("lies with others in too many ways. Nest less.", group);
        }

        return new Closure<T>(paths);
    }

    private static Closure<T> Wrong<T>(string problem, T at)
        where T : notnull => new(new Dictionary<(T, T), int>(), problem, at);

    /// <summary>How many groups one in the other, this one included; null: a circle.</summary>
    private static int? Levels<T>(T group, ILookup<T, T> inner, Dictionary<T, int> known, HashSet<T> above)
        where T : notnull
    {
        if (known.TryGetValue(group, out var level))
            return level;
        if (!above.Add(group))
            return null;
        var deepest = 0;
        foreach (var next in inner[group])
        {
            if (Levels(next, inner, known, above) is not { } below)
                return null;
            deepest = Math.Max(deepest, below);
        }

        above.Remove(group);
        return known[group] = deepest + 1;
    }

    private static bool Walk<T>(T outer, ILookup<T, T> inner, Dictionary<(T, T), int> paths)
        where T : notnull
    {
        var open = new Queue<T>([outer]);
        paths[(outer, outer)] = 0;
        while (open.TryDequeue(out var at))
            foreach (var next in inner[at])
            {
                if (paths.Count >= MostPaths)
                    return false;
                if (paths.TryAdd((next, outer), paths[(at, outer)] + 1))
                    open.Enqueue(next);
            }

        return true;
    }
}
