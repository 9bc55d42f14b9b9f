using System.CommandLine;
using IdentityProvider.Email;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Registration;

/// <summary><c>invite</c>: writes an invitation; a running server sends it.</summary>
internal static class InviteCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var email = new Argument<string>("email") { Description = "Whom to invite. Settings follow as --Key=value." };
        var command = new Command("invite", "Mails somebody a link to create an account with.") { email };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, ct) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (await SettingArguments.AreWrongAsync(parsed, []))
                return ExitCode.Misused;
            var address = parsed.GetRequiredValue(email);
            if (!EmailAddress.IsValid(address))
            {
                await error.WriteLineAsync($"\"{Constraints.Shown(address)}\" is not an e-mail address.");
                return ExitCode.Misused;
            }

            await using var app = build(SettingArguments.ForPrinting(parsed.UnmatchedTokens));
            if (app.Services.GetRequiredService<IOptions<RegistrationOptions>>().Value.Mode == RegistrationMode.Off || !app.Services.GetRequiredService<MailOutbox>().CanSend)
            {
                await error.WriteLineAsync("Nobody can follow an invitation: set IdentityProvider:Registration:Mode to Invitation or Open, and IdentityProvider:Email:Smtp:Host.");
                return ExitCode.Failed;
            }

            await using var scope = app.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Registrations>().InviteAsync(address, ct);
            await output.WriteLineAsync($"The invitation to {address} is written down; the server sends it.");
            return ExitCode.Done;
        });
        return command;
    }
}
