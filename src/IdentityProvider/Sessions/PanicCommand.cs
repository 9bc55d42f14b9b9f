using System.CommandLine;
using IdentityProvider.Platform;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.SigningKeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>
/// <c>panic --confirm ISSUER</c>: ends every session and everything that was ever issued, and puts new signing keys in the place of all
/// old ones. For the day a key or the database got into wrong hands. Everybody signs in again.
/// </summary>
internal static class PanicCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var confirm = new Option<string?>("--confirm") { Description = "The issuer of this server, to say that it is this one you mean." };
        var command = new Command("panic", "Ends every session and token and replaces all signing keys at once. Everybody has to sign in again.") { confirm };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, ct) =>
        {
            if (await SettingArguments.AreWrongAsync(parsed, ["--confirm"]))
                return ExitCode.Misused;
            await using var app = build(SettingArguments.ForPrinting(parsed.UnmatchedTokens));
            var issuer = app.Services.GetRequiredService<IOptions<IdentityProviderOptions>>().Value.Issuer;
            if (parsed.GetValue(confirm) != issuer)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"Nothing was done. This signs out everybody and breaks every token. If you mean it: panic --confirm {issuer}");
                return ExitCode.Misused;
            }

            var (sessions, grants) = await app.Services.GetRequiredService<Panic>().RunAsync(ct);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{sessions} sessions and {grants} grants are ended; every signing key is new. Running servers take the keys up within {SigningKeySchedule.Poll.TotalSeconds:0} seconds.");
            return ExitCode.Done;
        });
        return command;
    }
}
