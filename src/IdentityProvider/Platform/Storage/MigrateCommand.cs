using System.CommandLine;
using IdentityProvider.Platform.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Platform.Storage;

/// <summary><c>migrate</c>: brings the schema up to date, or prints the SQL for someone who may.</summary>
internal static class MigrateCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var script = new Option<bool>("--script") { Description = "Print the SQL instead of running it. It may be run twice." };
        var command = new Command("migrate", "Brings the database schema up to date and prints what was applied.") { script };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, ct) =>
        {
            if (await SettingArguments.AreWrongAsync(parsed, ["--script"]))
                return ExitCode.Misused;
            await using var app = build(SettingArguments.ForPrinting(parsed.UnmatchedTokens));
            await using var scope = app.Services.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<Store>().Database;
            var output = parsed.InvocationConfiguration.Output;
            await (parsed.GetValue(script) ? ScriptAsync(database, output, ct) : ApplyAsync(database, output, ct));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task ApplyAsync(DatabaseFacade database, TextWriter output, CancellationToken ct)
    {
        var pending = (await database.GetPendingMigrationsAsync(ct)).ToList();
        await database.MigrateAsync(ct);
        foreach (var migration in pending)
            await output.WriteLineAsync($"applied {migration}");
        if (pending.Count == 0)
            await output.WriteLineAsync("The schema is up to date.");
    }

    private static async Task ScriptAsync(DatabaseFacade database, TextWriter output, CancellationToken ct)
    {
        var migrator = database.GetService<IMigrator>();
        if (!database.IsSqlite())
        {
            await output.WriteLineAsync(migrator.GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent));
            return;
        }

        // SQLite has no conditional SQL: the script covers what this file lacks, so after it the next one is empty.
        if (!(await database.GetPendingMigrationsAsync(ct)).Any())
            await output.WriteLineAsync("-- The schema is up to date.");
        else
            await output.WriteLineAsync(migrator.GenerateScript(fromMigration: (await database.GetAppliedMigrationsAsync(ct)).LastOrDefault()));
    }
}
