using System.CommandLine;
using IdentityProvider.Platform;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Backup;

/// <summary><c>restore --from FILE</c>: while no node runs.</summary>
internal static class RestoreCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var from = new Option<string?>("--from") { Description = "The backup." };
        var replace = new Option<string?>("--replace") { Description = "Delete what the database holds first. The issuer of this server, to say that it is this one you mean." };
        var keepSessions = new Option<bool>("--keep-sessions") { Description = "Leave sessions, grants, tokens and signing keys of then alive, also those that were ended since." };
        var keepKeys = new Option<bool>("--keep-api-keys") { Description = "Leave API keys and initial access tokens of then alive, also those that were revoked since." };
        return new Command("restore", "Puts a backup into an empty, migrated database, and ends what may have been taken back since. No node may run.") { from, replace, keepSessions, keepKeys }.Does(build, async (parsed, services, output, ct) =>
        {
            var issuer = services.GetRequiredService<IOptions<IdentityProviderOptions>>().Value.Issuer;
            if (parsed.GetValue(from) is not { Length: > 0 } file)
                return await parsed.MisusedAsync("Say which: restore --from FILE.");
            if (parsed.GetValue(replace) is { } said && said != issuer)
                return await parsed.MisusedAsync($"Nothing was done. This deletes everything in the database. If you mean it: restore --from {file} --replace {issuer}");
            KeepOption[] keep = [.. parsed.GetValue(keepSessions) ? [KeepOption.Sessions] : Array.Empty<KeepOption>(), .. parsed.GetValue(keepKeys) ? [KeepOption.ApiKeys] : Array.Empty<KeepOption>()];
            var restored = await services.GetRequiredService<Restoration>().RunAsync(file, parsed.GetValue(replace) is not null, keep, ct);
            await output.WriteLineAsync($"The database is as it was at {restored.Manifest.MadeAt:u}: {restored.Rows} rows.");
            await output.WriteLineAsync($"Ended, because it may have been taken back or used since: {Restoration.Words(restored.Ended)}.");
            if (restored.Manifest.Issuer != issuer)
                await output.WriteLineAsync($"The backup is of {restored.Manifest.Issuer}, and this server is {issuer}: clients, passkeys and links know the other address.");
            return ExitCode.Done;
        });
    }
}
