using System.CommandLine;
using System.Globalization;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Backup;

/// <summary><c>move --to-provider PROVIDER</c>: while no node runs.</summary>
internal static class MoveCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var provider = new Option<DatabaseProvider?>("--to-provider") { Description = "Sqlite, PostgreSql or SqlServer." };
        var file = new Option<string?>("--to-connection-file") { Description = "A file with the connection string; without it IdentityProvider:Move:ConnectionString or ConnectionStringFile." };
        return new Command("move", "Copies everything into another, empty database, with people signed in and tokens alive. No node may run.") { provider, file }.Does(build, async (parsed, services, output, ct) =>
        {
            if (parsed.GetValue(provider) is not { } wanted)
                return await parsed.MisusedAsync("Say where to: move --to-provider PostgreSql, with the connection string in the environment as IdentityProvider__Move__ConnectionString or in a file (--to-connection-file FILE).");
            var now = services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
            var options = services.GetRequiredService<IOptions<MoveOptions>>().Value;
            var text = (parsed.GetValue(file) ?? options.ConnectionStringFile) is { } name ? (await File.ReadAllTextAsync(name, ct)).Trim() : options.ConnectionString;
            if (string.IsNullOrEmpty(text))
                return await parsed.MisusedAsync("Give the connection string in the environment as IdentityProvider__Move__ConnectionString, or in a file (--to-connection-file FILE).");
            var next = new DatabaseOptions { Provider = wanted, ConnectionString = text, CommandTimeoutSeconds = now.CommandTimeoutSeconds };
            if (ServerRules.Database(next, services.GetRequiredService<IHostEnvironment>()).FirstOrDefault() is { } problem)
                return await parsed.MisusedAsync(problem);
            var rows = await services.GetRequiredService<Move>().RunAsync(next, ct);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{rows} rows are in {wanted} as they were in {now.Provider}."));
            await output.WriteLineAsync($"Now set IdentityProvider:Database:Provider to {wanted} and IdentityProvider:Database:ConnectionString to what you gave, and start the server. Let nothing start with the old settings any more.");
            return ExitCode.Done;
        });
    }
}
