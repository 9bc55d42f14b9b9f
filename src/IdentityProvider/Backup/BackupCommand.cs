using System.CommandLine;
using System.Globalization;
using IdentityProvider.Backup.Files;
using IdentityProvider.Platform.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Backup;

/// <summary><c>backup --to FILE</c> and <c>backup verify FILE</c>: beside a running server or without one.</summary>
internal static class BackupCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var to = new Option<string?>("--to") { Description = "Where to; must not exist yet." };
        return new Command("backup", "Writes everything the database holds at one moment into an encrypted file, while the server runs, and proves the file.") { Verify(build), to }.Does(build, async (parsed, services, output, ct) =>
        {
            if (parsed.GetValue(to) is not { Length: > 0 } file)
                return await parsed.MisusedAsync("Say where to: backup --to FILE. To prove one: backup verify FILE.");
            var (manifest, sums) = await services.GetRequiredService<Backups>().WriteAsync(file, ct);
            await output.WriteLineAsync(Words(file, manifest, sums));
            return ExitCode.Done;
        });
    }

    private static Command Verify(Func<string[], WebApplication> build)
    {
        var file = new Argument<string>("file") { Description = "The backup. Settings follow as --Key=value." };
        return new Command("verify", "Reads a backup to its end and says what it holds. Needs its key, and no database.") { file }.Does(build, async (parsed, services, output, _) =>
        {
            var (manifest, sums) = BackupReader.Verify(parsed.GetRequiredValue(file), services.GetRequiredService<BackupKeys>());
            foreach (var sum in sums.Where(sum => sum.Rows > 0))
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{sum.Name}: {sum.Rows}"));
            await output.WriteLineAsync(Words(parsed.GetRequiredValue(file), manifest, sums));
            return ExitCode.Done;
        });
    }

    private static string Words(string file, BackupManifest manifest, IReadOnlyList<TableSum> sums) => string.Create(
        CultureInfo.InvariantCulture,
        $"{file} is whole: {manifest.Issuer} at {manifest.MadeAt:u}, {sums.Sum(sum => sum.Rows)} rows in {sums.Count} tables of {manifest.Provider}, schema {manifest.Schema}, {new FileInfo(file).Length} bytes.");
}
