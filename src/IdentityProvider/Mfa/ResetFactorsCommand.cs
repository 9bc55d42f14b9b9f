using System.CommandLine;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Mfa;

/// <summary><c>users reset-mfa</c>: takes away all second factors of somebody who lost them.</summary>
internal static class ResetFactorsCommand
{
    private const int MaxReason = 200;

    public static Command Create(Func<string[], WebApplication> build)
    {
        var name = new Argument<string>("name") { Description = "User name or e-mail address. Settings follow as --Key=value." };
        var reason = new Option<string>("--reason") { Description = $"Why, and how you made sure who asks: goes into the log (at most {MaxReason} characters).", Required = true };
        var command = new Command("reset-mfa", "Removes somebody's apps, passkeys and recovery codes, signs them out everywhere and mails them.") { name, reason };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, ct) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (await SettingArguments.AreWrongAsync(parsed, ["--reason"]))
                return ExitCode.Misused;
            if (parsed.GetRequiredValue(reason).Trim() is not { Length: > 0 and <= MaxReason } why || why.Any(char.IsControl))
            {
                await error.WriteLineAsync($"Give a reason on one line, of at most {MaxReason} characters.");
                return ExitCode.Misused;
            }

            await using var app = build(SettingArguments.ForPrinting(parsed.UnmatchedTokens));
            await using var scope = app.Services.CreateAsyncScope();
            if (await scope.ServiceProvider.GetRequiredService<UserLookup>().FindAsync(parsed.GetRequiredValue(name), ct) is not { } user)
            {
                await error.WriteLineAsync($"There is nobody called \"{Constraints.Shown(parsed.GetRequiredValue(name))}\".");
                return ExitCode.Failed;
            }

            if (!await scope.ServiceProvider.GetRequiredService<FactorReset>().RunAsync(user.Id, why, ct))
            {
                await error.WriteLineAsync("Nothing was done: they have no password, so a passkey is their only way in. Let them choose a password first.");
                return ExitCode.Failed;
            }

            await output.WriteLineAsync($"The second factors of {Constraints.Shown(parsed.GetRequiredValue(name))} are removed and all their sessions ended. The server mails them.");
            return ExitCode.Done;
        });
        return command;
    }
}
