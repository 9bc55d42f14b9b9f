namespace IdentityProvider.Platform.Settings;

/// <summary>The server does not start with these settings.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems)
    : Exception($"The settings need {problems.Count} {(problems.Count == 1 ? "change" : "changes")}:{Environment.NewLine}{string.Join(Environment.NewLine, problems.Select(problem => "  " + problem))}")
{
    /// <summary>Each as <c>setting: problem. remedy</c>.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
