using System.CommandLine;
using IdentityProvider.Platform.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.SigningKeys;

/// <summary><c>keys list</c> and <c>keys rotate</c>. Running servers take a change up by themselves.</summary>
internal static class KeysCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var list = new Command("list", "Lists the published signing keys: algorithm, state, key id and times in UTC.");
        var rotate = new Command("rotate", "Publishes new signing keys now and prints when they start to sign.");
        Define(list, build, async (store, output, ct) =>
        {
            foreach (var key in await store.ListAsync(ct))
                await output.WriteLineAsync($"{key.Algorithm} {key.State,-7} {key.KeyId} signs {key.ActivatesAt:u} to {key.RetiresAt:u}, published until {key.ExpiresAt:u}");
        });
        Define(rotate, build, async (store, output, ct) =>
            await output.WriteLineAsync($"New keys are published and sign from {await store.RotateAsync(ct):u}."));
        var keys = new Command("keys", "Lists or rotates the signing keys.") { list, rotate };
        keys.TreatUnmatchedTokensAsErrors = false;
        keys.SetAction(async (parsed, ct) =>
        {
            if (!await SettingArguments.AreWrongAsync(parsed, keys.Subcommands.Select(command => command.Name)))
                await parsed.InvocationConfiguration.Error.WriteLineAsync("Say list or rotate. See keys --help.");
            return ExitCode.Misused;
        });
        return keys;
    }

    private static void Define(Command command, Func<string[], WebApplication> build, Func<SigningKeyStore, TextWriter, CancellationToken, Task> work)
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, ct) =>
        {
            if (await SettingArguments.AreWrongAsync(parsed, []))
                return ExitCode.Misused;
            await using var app = build(SettingArguments.ForPrinting(parsed.UnmatchedTokens));
            try
            {
                await work(app.Services.GetRequiredService<SigningKeyStore>(), parsed.InvocationConfiguration.Output, ct);
                return ExitCode.Done;
            }
            catch (InvalidOperationException refusal)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(refusal.Message);
                return ExitCode.Failed;
            }
        });
    }
}
