using IdentityProvider.Platform.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Backup;

/// <summary>
/// Who else has the database open. A node that runs while everything under it is exchanged would go on with what it remembers, and write it back.
/// </summary>
internal static class Neighbours
{
    private const int Busy = 5, Locked = 6, NotThere = 14;

    /// <exception cref="BackupException">Somebody has.</exception>
    public static async Task RefuseAsync(Store db, CancellationToken ct)
    {
        if (db.Database.IsSqlite() ? await IsSharedAsync(db, ct) : await OthersAsync(db, ct) > 0)
            throw new BackupException("Somebody else has the database open. Stop every node of the server, and close other programs that look into it; then try again.");
    }

    /// <summary>
    /// Connections in WAL mode hold a shared lock for as long as they are open; whoever wants the file alone does not get it while there is one.
    /// </summary>
    private static async Task<bool> IsSharedAsync(Store db, CancellationToken ct)
    {
        SqliteConnection.ClearPool((SqliteConnection)db.Database.GetDbConnection());
        var text = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()) { Pooling = false, DefaultTimeout = 1, Mode = SqliteOpenMode.ReadWrite };
        await using var connection = new SqliteConnection(text.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            await using var command = connection.CreateCommand();

            // One after the other: of a batch the driver hides what fails behind a statement that has a result.
            foreach (var statement in new[] { "PRAGMA locking_mode = EXCLUSIVE", "BEGIN IMMEDIATE", "COMMIT" })
            {
                command.CommandText = statement;
                await command.ExecuteNonQueryAsync(ct);
            }

            return false;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == NotThere)
        {
            return false;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is Busy or Locked)
        {
            return true;
        }
    }

    /// <summary>SQL Server tells only of those whom the login may see: without VIEW SERVER STATE, of itself.</summary>
    private static Task<int> OthersAsync(Store db, CancellationToken ct) => (db.Database.IsNpgsql()
        ? db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
        : db.Database.SqlQuery<int>($"SELECT COUNT(*) AS [Value] FROM sys.dm_exec_sessions WHERE database_id = DB_ID() AND session_id <> @@SPID AND is_user_process = 1")).SingleAsync(ct);
}
