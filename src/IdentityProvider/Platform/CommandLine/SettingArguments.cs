using System.CommandLine;
using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Platform.CommandLine;

/// <summary>What is left of a command line after commands and options is settings: <c>--Key=value</c> or <c>--Key value</c>.</summary>
internal static class SettingArguments
{
    /// <summary>Printed results stay alone on standard output: what the log has to say goes to the other stream.</summary>
    private static readonly string[] Quiet = ["--Logging:Console:LogToStandardErrorThreshold=Trace", "--Logging:LogLevel:Default=Warning"];

    /// <summary>The same settings, with a quiet log for a command that prints.</summary>
    public static string[] ForPrinting(IEnumerable<string> settings) => [.. Quiet, .. settings];

    /// <summary>The first word that is no setting: a mistyped command would otherwise start the server without a word.</summary>
    public static string? Stray(IReadOnlyList<string> tokens) => tokens
        .Where((token, i) => !IsKey(token) && !token.Contains('=', StringComparison.Ordinal) && (i == 0 || !IsKey(tokens[i - 1]) || tokens[i - 1].Contains('=', StringComparison.Ordinal)))
        .FirstOrDefault();

    /// <summary>Says what is wrong with a stray word, if there is one.</summary>
    public static async Task<bool> AreWrongAsync(ParseResult parsed, IEnumerable<string> commands)
    {
        if (Stray(parsed.UnmatchedTokens) is not { } word)
            return false;
        await parsed.InvocationConfiguration.Error.WriteLineAsync($"\"{Constraints.Shown(word)}\" is no command.{NearestName.Question(word, commands)} See --help.");
        return true;
    }

    private static bool IsKey(string token) => token.StartsWith('-') || token.StartsWith('/');
}
