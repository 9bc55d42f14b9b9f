using System.CommandLine;
using IdentityProvider.Platform.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Backup;

/// <summary>What the commands of this room have in common.</summary>
internal static class CopyCommand
{
    public delegate Task<int> Work(ParseResult parsed, IServiceProvider services, TextWriter output, CancellationToken ct);

    public static Command Does(this Command command, Func<string[], WebApplication> build, Work work)
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, ct) =>
        {
            if (await SettingArguments.AreWrongAsync(parsed, [.. command.Options.Select(option => option.Name), .. command.Subcommands.Select(one => one.Name)]))
                return ExitCode.Misused;

            // Every process of the machine reads a command line, and the shell remembers it.
            if (parsed.UnmatchedTokens.FirstOrDefault(IsSecret) is { } secret)
                return await parsed.MisusedAsync($"{secret.Split('=')[0]} does not belong on a command line, where everybody on the machine reads it. Give it as an environment variable or in a file.");
            try
            {
                await using var app = build(SettingArguments.ForPrinting(parsed.UnmatchedTokens));
                await using var scope = app.Services.CreateAsyncScope();
                return await work(parsed, scope.ServiceProvider, parsed.InvocationConfiguration.Output, ct);
            }
            catch (BackupException refusal)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refusal.Message);
                return ExitCode.Failed;
            }
        });
        return command;
    }

    public static async Task<int> MisusedAsync(this ParseResult parsed, string words)
    {
        await parsed.InvocationConfiguration.Error.WriteLineAsync(words);
        return ExitCode.Misused;
    }

    private static bool IsSecret(string token) =>
        token.Split('=')[0].TrimStart('-', '/') is var name && (name.Equals("IdentityProvider:Backup:Key", StringComparison.OrdinalIgnoreCase) || name.Equals("IdentityProvider:Move:ConnectionString", StringComparison.OrdinalIgnoreCase));
}
