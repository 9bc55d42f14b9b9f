namespace IdentityProvider.Tool;

/// <summary>What a run of the tool has around it, so that tests give it other ones.</summary>
/// <param name="Output">Results, and nothing else.</param>
/// <param name="Error">Words for people.</param>
/// <param name="Input">For secrets and files named <c>-</c>.</param>
/// <param name="Variable">The environment.</param>
/// <param name="Folder">Where sign-ins are kept.</param>
/// <param name="Clock">Says when a token is over, and waits.</param>
internal sealed record Surroundings(TextWriter Output, TextWriter Error, TextReader Input, Func<string, string?> Variable, string Folder, TimeProvider Clock)
{
    public static Surroundings OfProcess() => new(
        Console.Out, Console.Error, Console.In, Environment.GetEnvironmentVariable,
        Environment.GetEnvironmentVariable("IDP_HOME") is { Length: > 0 } home ? home : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "idp"),
        TimeProvider.System);

    /// <summary>A variable that is set and not empty.</summary>
    public string? Given(string name) => Variable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The text of a file, or of standard input for <c>-</c>.</summary>
    public async Task<string> ReadAsync(string path, CancellationToken ct)
    {
        const long most = 64 * 1024 * 1024;
        try
        {
            if (path == "-")
                return await Input.ReadToEndAsync(ct);
            if (new FileInfo(path) is { Exists: true, Length: > most })
                throw ToolException.Misused($"{path} has more than {most / 1024 / 1024} MB.");
            return await File.ReadAllTextAsync(path, ct);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw ToolException.Misused($"{path} cannot be read: {exception.Message}");
        }
    }
}
