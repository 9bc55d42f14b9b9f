using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace IdentityProvider.Backup.Tables;

/// <summary>Rows of tables, one after the other and never all of them in memory. In the transaction that is open; a table may take as long as it takes.</summary>
internal sealed class TableRows(Store db)
{
    /// <summary>SQL Server takes 2100 parameters in one statement.</summary>
    private const int Parameters = 2000, Rows = 100;

    public async IAsyncEnumerable<object?[]> ReadAsync(StoredTable table, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = Command();
        command.CommandText = $"SELECT {Columns(table)} FROM {table.Delimited}";
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var row = new object?[table.Columns.Count];
            for (var i = 0; i < row.Length; i++)
                row[i] = table.Columns[i].Read(reader, i);
            yield return row;
        }
    }

    /// <summary>Adds rows, many with one statement.</summary>
    /// <returns>How many.</returns>
    public async Task<long> WriteAsync(StoredTable table, IEnumerable<object?[]> rows, CancellationToken ct)
    {
        var count = 0L;
        foreach (var batch in rows.Chunk(Batch(table)))
        {
            await InsertAsync(table, batch, ct);
            count += batch.Length;
        }

        return count;
    }

    public async Task InsertAsync(StoredTable table, IReadOnlyList<object?[]> rows, CancellationToken ct)
    {
        await using var command = Command();
        var text = new StringBuilder($"INSERT INTO {table.Delimited} ({Columns(table)}) VALUES ");
        for (var i = 0; i < rows.Count; i++)
        {
            text.Append(i == 0 ? "(" : ", (");
            for (var j = 0; j < table.Columns.Count; j++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"@p{i}_{j}");
                text.Append(j == 0 ? "" : ", ").Append(name);
                command.Parameters.Add(table.Columns[j].Parameter(command, name, rows[i][j]));
            }

            text.Append(')');
        }

        command.CommandText = text.ToString();
        await command.ExecuteNonQueryAsync(ct);
    }

    public static int Batch(StoredTable table) => Math.Clamp(Parameters / table.Columns.Count, 1, Rows);

    public Task<long> CountAsync(StoredTable table, CancellationToken ct) => NumberAsync($"SELECT COUNT(*) FROM {table.Delimited}", ct);

    public async Task<bool> IsEmptyAsync(StoredTable table, CancellationToken ct) =>
        await NumberAsync($"SELECT CASE WHEN EXISTS (SELECT 1 FROM {table.Delimited}) THEN 1 ELSE 0 END", ct) == 0;

    public async Task ClearAsync(StoredTable table, CancellationToken ct)
    {
        await using var command = Command();
        command.CommandText = $"DELETE FROM {table.Delimited}";
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<long> NumberAsync(string sql, CancellationToken ct)
    {
        await using var command = Command();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }

    private DbCommand Command()
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        (command.Transaction, command.CommandTimeout) = (db.Database.CurrentTransaction!.GetDbTransaction(), 0);
        return command;
    }

    private string Columns(StoredTable table) => string.Join(", ", table.Columns.Select(column => db.GetService<ISqlGenerationHelper>().DelimitIdentifier(column.Name)));
}
