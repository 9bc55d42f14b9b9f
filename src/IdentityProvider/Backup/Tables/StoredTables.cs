using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace IdentityProvider.Backup.Tables;

/// <summary>A table with all of its columns.</summary>
internal sealed record StoredTable(string Name, string Delimited, IReadOnlyList<StoredColumn> Columns, ITable Table);

/// <summary>Every table of the model, principals before those that point to them: a room's new table is in it by itself.</summary>
internal static class StoredTables
{
    /// <summary>What no copy holds, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> LeftOut = new Dictionary<string, string>
    {
        ["Leases"] = "says which running node does a job now; in another place none of them runs",
    };

    public static IReadOnlyList<StoredTable> Of(Store db)
    {
        var sql = db.GetService<ISqlGenerationHelper>();
        var waiting = db.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables
            .Where(table => !LeftOut.ContainsKey(table.Name)).OrderBy(table => table.Name, StringComparer.Ordinal).ToList();
        var ordered = new List<ITable>();
        while (waiting.Count > 0)
        {
            var next = waiting.Find(table => table.ForeignKeyConstraints.All(key => !waiting.Contains(key.PrincipalTable)))
                ?? throw new NotSupportedException($"The tables {string.Join(", ", waiting.Select(table => table.Name))} point at each other.");
            waiting.Remove(next);
            ordered.Add(next);
        }

        return [.. ordered.Select(table => new StoredTable(
            table.Name, sql.DelimitIdentifier(table.Name, table.Schema), [.. table.Columns.OrderBy(column => column.Name, StringComparer.Ordinal).Select(column => new StoredColumn(column))], table))];
    }
}
