using System.CommandLine;
using IdentityProvider.Platform.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Setup.Import;

/// <summary><c>users import</c>: people and their password hashes from another system.</summary>
internal static class UsersCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var file = new Argument<string>("file") { Description = "The export. Settings follow as --Key=value." };
        var format = new Option<UserFormat>("--format") { Description = "Native, AspNetIdentity, Keycloak or Auth0.", DefaultValueFactory = _ => UserFormat.Native };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check everything and write nothing." };
        var import = new Command("import", "Takes people over with their password hashes. Who is here already stays as they are.") { file, format, dryRun };
        import.TreatUnmatchedTokensAsErrors = false;
        import.SetAction(async (parsed, ct) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (await SettingArguments.AreWrongAsync(parsed, ["--format", "--dry-run"]))
                return ExitCode.Misused;
            if (!File.Exists(parsed.GetRequiredValue(file)))
            {
                await error.WriteLineAsync($"There is no file {parsed.GetRequiredValue(file)}.");
                return ExitCode.Failed;
            }

            await using var app = build(SettingArguments.ForPrinting(parsed.UnmatchedTokens));
            await using var scope = app.Services.CreateAsyncScope();
            var counts = await scope.ServiceProvider.GetRequiredService<UserImport>().RunAsync(parsed.GetValue(format), parsed.GetRequiredValue(file), error, parsed.GetValue(dryRun), ct);
            await output.WriteLineAsync($"{counts}{(parsed.GetValue(dryRun) ? " (nothing was written)" : "")}");
            return counts.Refused == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        var users = new Command("users", "People of this server.") { import };
        users.SetAction(async (parsed, _) =>
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync("Say import or reset-mfa. See users --help.");
            return ExitCode.Misused;
        });
        return users;
    }
}
