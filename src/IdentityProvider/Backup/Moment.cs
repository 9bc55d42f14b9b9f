using System.Data;
using IdentityProvider.Platform.Storage;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Backup;

/// <summary>The database as it is at one moment, while a server goes on writing.</summary>
internal static class Moment
{
    private const int SnapshotIsOff = 3952;

    /// <summary>Everything that is read on this store from here on is of one moment. Ends with the store.</summary>
    public static async Task BeginAsync(Store db, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);

        // Not as the framework does it: BEGIN IMMEDIATE would keep every writer waiting until the last table is read.
        if (db.Database.GetDbConnection() is SqliteConnection sqlite)
            await db.Database.UseTransactionAsync(sqlite.BeginTransaction(deferred: true), ct);
        else
            await db.Database.BeginTransactionAsync(db.Database.IsSqlServer() ? IsolationLevel.Snapshot : IsolationLevel.RepeatableRead, ct);
        try
        {
            // The moment is that of the first read.
            await db.Database.SqlQuery<string>($"SELECT \"MigrationId\" AS \"Value\" FROM \"__EFMigrationsHistory\"").ToListAsync(ct);
        }
        catch (SqlException exception) when (exception.Number == SnapshotIsOff)
        {
            throw new BackupException("The database allows no snapshots, and without one a backup would hold up the server. Let an administrator run once: ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON", exception);
        }
    }

    /// <summary>The last migration without its time, which is another for each database.</summary>
    /// <exception cref="BackupException">The database is behind this program, or empty.</exception>
    public static async Task<string> SchemaAsync(Store db, CancellationToken ct)
    {
        var known = db.Database.GetMigrations().ToList();
        if (known.Except(await db.Database.GetAppliedMigrationsAsync(ct)).Any())
            throw new BackupException("The database is not on the schema of this program. Run the command migrate first, or take the program that belongs to the database.");
        return known[^1][(known[^1].IndexOf('_', StringComparison.Ordinal) + 1)..];
    }
}
