using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Doctor.Looks;

/// <summary>It answers, soon, has the tables of this program and the same time.</summary>
internal sealed class DatabaseLook(Store db, IOptions<DatabaseOptions> options, TimeProvider clock) : ILook
{
    private static readonly TimeSpan slow = TimeSpan.FromMilliseconds(50);

    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken ct)
    {
        if (await FailureAsync(ct) is { } failure)
        {
            yield return new("database", Level.Problem, $"{options.Value.Provider} does not answer: {failure}", "Look at IdentityProvider:Database:ConnectionString, whether the database runs, and whether this machine may reach it.");
            yield break;
        }

        var took = await LatencyAsync(ct);
        var words = string.Create(CultureInfo.InvariantCulture, $"{options.Value.Provider} answers in {took.TotalMilliseconds:0.0} ms.");
        yield return took < slow ? new("database", Level.Ok, words) : new("database", Level.Warning, words, "Each request asks it several times: run it near the server.");

        var (pending, unknown) = await MigrationsAsync(ct);
        yield return pending > 0 ? new("schema", Level.Problem, string.Create(CultureInfo.InvariantCulture, $"{pending} migration(s) of this version are not applied, and the server does not start."), "Make a backup, and run the command migrate.")
            : unknown > 0 ? new("schema", Level.Problem, string.Create(CultureInfo.InvariantCulture, $"{unknown} migration(s) are of a newer version than this program."), "Run the version that belongs to the database.")
            : new("schema", Level.Ok, "The schema is the one of this version.");
        if (db.Database.IsNpgsql())
            yield return Clocks.Compare("clock", "the database", await db.Database.SqlQuery<DateTimeOffset>($"SELECT clock_timestamp() AS \"Value\"").SingleAsync(ct), clock.GetUtcNow());
        else if (db.Database.IsSqlServer())
            yield return Clocks.Compare("clock", "the database", await db.Database.SqlQuery<DateTimeOffset>($"SELECT SYSDATETIMEOFFSET() AS [Value]").SingleAsync(ct), clock.GetUtcNow());
        else if (await JournalModeAsync(ct) is not "wal" and var mode)
            yield return new("database", Level.Warning, $"The file is in journal mode {mode}: readers and writers wait for each other.", "Run once, with sqlite3 and the server stopped: PRAGMA journal_mode = WAL");
    }

    private async Task<string?> FailureAsync(CancellationToken ct)
    {
        try
        {
            // A file that is not there yet would be made by asking.
            if (db.Database.IsSqlite() && !await db.Database.CanConnectAsync(ct))
                return "the file is not there. The command migrate makes it.";
            await db.Database.OpenConnectionAsync(ct);
            await db.Database.CloseConnectionAsync();
            return null;
        }
        catch (Exception failure) when (failure is DbException or InvalidOperationException or TimeoutException or IOException)
        {
            return failure.GetBaseException().Message;
        }
    }

    /// <summary>The best of a few: the first one pays for the connection and for us.</summary>
    private async Task<TimeSpan> LatencyAsync(CancellationToken ct)
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await db.Database.SqlQuery<int>($"SELECT 1 AS \"Value\"").SingleAsync(ct);
            var took = Stopwatch.GetElapsedTime(started);
            best = took < best ? took : best;
        }

        return best;
    }

    private async Task<string?> JournalModeAsync(CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        return await command.ExecuteScalarAsync(ct) as string;
    }

    private async Task<(int Pending, int Unknown)> MigrationsAsync(CancellationToken ct)
    {
        var (known, applied) = (db.Database.GetMigrations().ToList(), (await db.Database.GetAppliedMigrationsAsync(ct)).ToList());
        return (known.Except(applied).Count(), applied.Except(known).Count());
    }
}
