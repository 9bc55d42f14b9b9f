using System.Security.Cryptography;
using IdentityProvider.Backup;
using IdentityProvider.Backup.Tables;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;

namespace IdentityProvider.Tests.Backup;

/// <summary>Rows in every table there is, made from the model: a new table is tested by itself.</summary>
internal static class FilledStore
{
    private const int Rows = 3;

    public static async Task FillAsync(DatabaseOptions database)
    {
        await using var db = Schema.Open(database);
        await using var transaction = await db.Database.BeginTransactionAsync();
        var made = new Dictionary<string, List<Dictionary<string, object?>>>();

        // The key of the server that wrote the rows stays the only one.
        foreach (var table in StoredTables.Of(db).Where(table => table.Name != "MasterKeys"))
        {
            var rows = made[table.Name] = [.. Enumerable.Range(0, Rows).Select(i => table.Columns.ToDictionary(column => column.Name, column => Make(column, i)))];
            foreach (var key in table.Table.ForeignKeyConstraints)
                for (var i = 0; i < Rows; i++)
                    foreach (var (own, principal) in key.Columns.Zip(key.PrincipalColumns))
                        rows[i][own.Name] = made[key.PrincipalTable.Name][i][principal.Name];
            await new TableRows(db).InsertAsync(table, [.. rows.Select(row => table.Columns.Select(column => row[column.Name]).ToArray())], default);
        }

        await transaction.CommitAsync();
    }

    /// <summary>Every row of every table, in one order for all databases.</summary>
    public static async Task<Dictionary<string, List<string>>> ReadAsync(DatabaseOptions database)
    {
        await using var db = Schema.Open(database);
        await Moment.BeginAsync(db, default);
        var all = new Dictionary<string, List<string>>();
        foreach (var table in StoredTables.Of(db))
        {
            var rows = all[table.Name] = [];
            await foreach (var row in new TableRows(db).ReadAsync(table, default))
                rows.Add(Text(table, row));
            rows.Sort(StringComparer.Ordinal);
        }

        return all;
    }

    private static string Text(StoredTable table, object?[] row)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, ValueBytes.Encoding);
        for (var i = 0; i < row.Length; i++)
            ValueBytes.Write(writer, table.Columns[i].Kind, row[i]);
        return Convert.ToHexString(bytes.ToArray());
    }

    private static object? Make(StoredColumn column, int i)
    {
        if (column.Property is not { } property)
            return """[{"At":"2026-01-02T03:04:05.1234560+00:00","Method":"pwd","Provider":null}]""";
        if (property.IsNullable && i == Rows - 1)
            return null;
        return column.Kind switch
        {
            ValueKind.Text when property.ClrType != typeof(string) => "",
            ValueKind.Text => Words(property.GetMaxLength() ?? 2000),
            ValueKind.Flag => i % 2 == 0,
            ValueKind.Number => (long)RandomNumberGenerator.GetInt32(1, int.MaxValue),
            ValueKind.Guid => Guid.CreateVersion7(),
            ValueKind.Bytes => RandomNumberGenerator.GetBytes(Math.Min(property.GetMaxLength() is { } most and > 0 ? most : int.MaxValue, 100_000)),

            // PostgreSQL keeps microseconds.
            ValueKind.Time => new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(RandomNumberGenerator.GetInt32(1, int.MaxValue)),
            ValueKind.Texts => new List<string> { "a", "b \"c\"", "d,é" },
            ValueKind.Numbers => new List<long> { 1, long.MaxValue },
            _ => throw new InvalidOperationException($"Nothing is made for {column.Kind}."),
        };
    }

    private static string Words(int most)
    {
        var unique = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var text = unique + " \"é'\\ 世";
        return most > 0 && text.Length > most ? unique[..Math.Min(most, unique.Length)] : text;
    }
}
