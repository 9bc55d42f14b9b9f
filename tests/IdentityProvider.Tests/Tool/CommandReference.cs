using System.CommandLine;
using System.Text;
using IdentityProvider.Tool;
using static System.FormattableString;

namespace IdentityProvider.Tests.Tool;

/// <summary>docs/reference/idp.md, written from the tree of commands.</summary>
internal static class CommandReference
{
    public static string Write()
    {
        var root = IdpCommands.Create(new Surroundings(TextWriter.Null, TextWriter.Null, TextReader.Null, _ => null, "", TimeProvider.System));
        var text = new StringBuilder("""
            # idp

            Written from the code by `CompletingWords` (tests/IdentityProvider.Tests/Tool); not by hand. [The guide](../guide/command-line.md) says how it is used.

            Options of every command:

            | Option | |
            |---|---|

            """);
        foreach (var option in root.Options.Where(option => option.Recursive && option.Name is not "--help").OrderBy(option => option.Name, StringComparer.Ordinal))
            text.Append(Row(option));
        foreach (var command in root.Subcommands.OrderBy(command => command.Name, StringComparer.Ordinal))
        {
            text.Append(Invariant($"\n## {command.Name}\n\n{Cell(command.Description)}\n"));
            WriteLeaves(text, command, $"idp {command.Name}", isRoot: true);
        }

        return text.ToString();
    }

    private static void WriteLeaves(StringBuilder text, Command command, string path, bool isRoot)
    {
        if (command.Subcommands.Count == 0)
        {
            text.Append(Invariant($"\n    {path}{string.Concat(command.Arguments.Select(Typed))}{(command.Options.Any(option => !option.Recursive) ? " [options]" : "")}\n"));
            if (!isRoot)
                text.Append(Invariant($"\n{Cell(command.Description)}\n"));
            if (command.Arguments.Count + command.Options.Count > 0)
                text.Append("\n| | |\n|---|---|\n");
            foreach (var argument in command.Arguments)
                text.Append(Invariant($"| `{argument.Name}` | {Cell(argument.Description)} |\n"));
            foreach (var option in command.Options.Where(option => !option.Recursive))
                text.Append(Row(option));
        }

        foreach (var inner in command.Subcommands)
            WriteLeaves(text, inner, $"{path} {inner.Name}", isRoot: false);
    }

    private static string Typed(Argument argument) =>
        (argument.Arity.MinimumNumberOfValues == 0 ? $" [{argument.Name}]" : $" <{argument.Name}>") + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");

    private static string Row(Option option) =>
        $"| `{option.Name}{(option.ValueType == typeof(bool) ? "" : $" <{option.HelpName ?? option.Name.TrimStart('-')}>")}`{(option.Required ? ", required" : "")} | {Cell(option.Description)} |\n";

    private static string Cell(string? words) => (words ?? "").Replace("|", "\\|", StringComparison.Ordinal);
}
