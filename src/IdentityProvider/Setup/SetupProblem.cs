namespace IdentityProvider.Setup;

/// <summary>One thing wrong in a document, where an editor finds it: <c>file:line: text</c>.</summary>
internal sealed record SetupProblem(string File, int Line, string Text)
{
    public override string ToString() => $"{File}:{Line}: {Text}";
}

/// <summary>The documents cannot be applied; nothing was written.</summary>
internal sealed class SetupException(IReadOnlyList<SetupProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<SetupProblem> Problems { get; } = problems;
}
