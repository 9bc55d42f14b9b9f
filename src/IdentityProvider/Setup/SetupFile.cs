using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Setup;

/// <summary>A document as read: its content, where each value stood, and what is wrong so far.</summary>
internal sealed class SetupFile(string path, bool mayPointToSecrets = true)
{
    private readonly Dictionary<object, Owner> owners = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> broken = new(StringComparer.Ordinal);
    private readonly List<SetupProblem> problems = [];

    public string Path { get; } = path;

    /// <summary>Whether it comes from who runs the server: what comes from outside must not read the server's environment and files.</summary>
    public bool MayPointToSecrets => mayPointToSecrets;

    public SetupDocument Document { get; set; } = new();

    public IReadOnlyList<SetupProblem> Problems => [.. problems.OrderBy(problem => problem.Line)];

    public void Place(object owner, string place, int line) => owners[owner] = new Owner(place, line, []);

    public void Mark(object owner, string property, int line) => owners[owner].Lines[property] = line;

    public void Report(int line, string text) => problems.Add(new SetupProblem(Path, line, text));

    /// <summary>Reports a value that could not be read at all; what follows from its absence is then not said.</summary>
    public void Unreadable(int line, string place, string text)
    {
        broken.Add(place);
        Report(line, $"{place}: {text}");
    }

    /// <summary>Reports at the line of the property, or of its owner when the property is missing.</summary>
    public void Report(object owner, Problem problem)
    {
        var (place, line, lines) = owners[owner];
        var property = problem.Property.Split('[')[0];
        var prefix = place.Length == 0 ? "" : place + ".";
        if (broken.Any(b => b == prefix + property || b.StartsWith($"{prefix}{property}[", StringComparison.Ordinal)))
            return;
        if (lines.TryGetValue(problem.Property, out var exact) || lines.TryGetValue(property, out exact))
            line = exact;
        Report(line, $"{prefix}{problem.Property}: {problem.Text}");
    }

    private sealed record Owner(string Place, int Line, Dictionary<string, int> Lines);
}
