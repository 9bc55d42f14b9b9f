using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace IdentityProvider.Platform.Storage;

internal static class UniqueViolation
{
    /// <summary>
    /// Whether the row was refused because another with its key stands. Looking for that row instead would not tell:
    /// it may be deleted by then.
    /// </summary>
    public static bool IsUniqueViolation(this DbUpdateException exception) => exception.InnerException switch
    {
        // SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE.
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 1555 or 2067,
        PostgresException postgres => postgres.SqlState is PostgresErrorCodes.UniqueViolation,
        // A key or constraint, and a unique index.
        SqlException sqlServer => sqlServer.Number is 2627 or 2601,
        _ => false,
    };

    /// <summary>Adds the row with whatever else waits to be saved.</summary>
    /// <returns>False when another with its key stands: nothing is written, and the row is forgotten.</returns>
    public static async Task<bool> TryAddAsync(this Store db, object row, CancellationToken ct)
    {
        var entry = db.Add(row);
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException exception) when (exception.IsUniqueViolation())
        {
            entry.State = EntityState.Detached;
            return false;
        }
    }
}
