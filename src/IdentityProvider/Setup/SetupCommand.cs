using System.CommandLine;
using IdentityProvider.Platform.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Setup;

/// <summary><c>setup validate</c> and <c>setup apply</c>: the documents without a start of the server.</summary>
internal static class SetupCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var validate = new Command("validate", "Checks documents together, without a database. Prints every problem with its file and line.");
        var apply = new Command("apply", "Applies documents to the database. Nothing is written unless all of them are right.");
        Define(validate, async (files, _, output, error, ct) =>
        {
            var problems = await SetupRunner.ValidateAsync(files, ct);
            foreach (var problem in problems)
                await error.WriteLineAsync(problem.ToString());
            if (problems.Count == 0)
                await output.WriteLineAsync($"{files.Length} {(files.Length == 1 ? "document is" : "documents are")} right.");
            return problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        Define(apply, async (files, settings, output, _, ct) =>
        {
            await using var app = build(SettingArguments.ForPrinting(settings));
            foreach (var (file, counts) in await app.Services.GetRequiredService<SetupRunner>().ApplyAsync(files, ct))
                foreach (var count in counts)
                    await output.WriteLineAsync($"{file}: {count}");
            return ExitCode.Done;
        });
        var setup = new Command("setup", "Checks or applies documents that describe a deployment.") { validate, apply };
        setup.TreatUnmatchedTokensAsErrors = false;
        setup.SetAction(async (parsed, ct) =>
        {
            if (!await SettingArguments.AreWrongAsync(parsed, setup.Subcommands.Select(command => command.Name)))
                await parsed.InvocationConfiguration.Error.WriteLineAsync("Say validate or apply. See setup --help.");
            return ExitCode.Misused;
        });
        return setup;
    }

    private delegate Task<int> Work(string[] files, string[] settings, TextWriter output, TextWriter error, CancellationToken ct);

    private static void Define(Command command, Work work)
    {
        var words = new Argument<string[]>("file") { Arity = ArgumentArity.OneOrMore, Description = "Setup documents; settings as --Key=value." };
        command.Add(words);
        command.SetAction(async (parsed, ct) =>
        {
            // The parser cannot tell an unknown --Key=value from a file's name.
            var (files, settings) = (parsed.GetRequiredValue(words).Where(word => !word.StartsWith('-')).ToArray(), parsed.GetRequiredValue(words).Where(word => word.StartsWith('-')).ToArray());
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (files.Length > 0 && settings.All(setting => setting.Contains('=', StringComparison.Ordinal)))
                return await work(files, settings, output, error, ct);
            await error.WriteLineAsync(files.Length == 0 ? "Name at least one file." : "Write settings as --Key=value here.");
            return ExitCode.Misused;
        });
    }
}
