using System.CommandLine;
using System.Data.Common;
using IdentityProvider.Audit;
using IdentityProvider.Backup;
using IdentityProvider.Doctor;
using IdentityProvider.Mfa;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Health;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Registration;
using IdentityProvider.Sessions;
using IdentityProvider.Setup;
using IdentityProvider.Setup.Import;
using IdentityProvider.SigningKeys;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace IdentityProvider;

/// <summary>
/// The commands of the executable; each lives beside what it works on. Whatever is no command or option goes on to the
/// configuration, so every setting can be given on the command line.
/// </summary>
public static class IdentityProviderCommands
{
    /// <summary>Runs the command <paramref name="args"/> name; <c>serve</c> if none.</summary>
    /// <param name="args">The arguments of the process.</param>
    /// <param name="build">Makes the configured server without starting it.</param>
    /// <returns>0: done; 1: it failed, or problems were found; 2: no such command or wrong arguments.</returns>
    public static Task<int> RunAsync(string[] args, Func<string[], WebApplication> build) =>
        RunAsync(args, build, Console.Out, Console.Error);

    internal static async Task<int> RunAsync(string[] args, Func<string[], WebApplication> build, TextWriter output, TextWriter error)
    {
        // "@" and "-abc" in a setting's value are text, not response files or bundles of switches.
        var parsed = Commands(build).Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
                await error.WriteLineAsync(problem.Message);
            return ExitCode.Misused;
        }

        // The host has its own orderly shutdown on SIGTERM; a second handler would cut it short.
        var invocation = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (Exception exception) when (exception is SettingsException or SetupException or DbException or DbUpdateException or IOException)
        {
            await error.WriteLineAsync(exception.Message);
            return ExitCode.Failed;
        }
    }

    private static RootCommand Commands(Func<string[], WebApplication> build)
    {
        var serve = new Command("serve", "Runs the server. This is what happens without a command.") { TreatUnmatchedTokensAsErrors = false };
        var users = UsersCommand.Create(build);
        users.Add(ResetFactorsCommand.Create(build));
        var root = new RootCommand("An OAuth 2.0 and OpenID Connect server.") { serve, HealthCommand.Create(), MigrateCommand.Create(build), KeysCommand.Create(build), PanicCommand.Create(build), AuditCommand.Create(build), SetupCommand.Create(build), BackupCommand.Create(build), RestoreCommand.Create(build), MoveCommand.Create(build), DoctorCommand.Create(build), users, InviteCommand.Create(build), PasswordsCommand.Create() };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction(ServeAsync);
        serve.SetAction(ServeAsync);
        return root;

        async Task<int> ServeAsync(ParseResult parsed, CancellationToken ct)
        {
            if (await SettingArguments.AreWrongAsync(parsed, root.Subcommands.Select(command => command.Name)))
                return ExitCode.Misused;
            await using var app = build([.. parsed.UnmatchedTokens]);
            var stopping = app.Lifetime.ApplicationStopping;
            try
            {
                await ((IHost)app).RunAsync(ct);
            }
            catch (Exception failure) when (stopping.IsCancellationRequested && WasCutShort(failure))
            {
                // Shutdown:Timeout is over: whoever was not answered until then is cut off, and whoever waits for the process need not ask why.
            }

            return ExitCode.Done;
        }
    }

    private static bool WasCutShort(Exception failure) => failure is OperationCanceledException || (failure is AggregateException several && several.InnerExceptions.All(WasCutShort));
}
