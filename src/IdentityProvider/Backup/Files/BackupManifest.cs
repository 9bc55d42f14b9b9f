using System.Text.Json;
using System.Text.Json.Serialization;
using IdentityProvider.Backup.Tables;

namespace IdentityProvider.Backup.Files;

/// <summary>What a backup says of itself, behind its encryption: where it comes from, and what it holds in which order.</summary>
/// <param name="Id">Names it in the audit.</param>
/// <param name="MadeAt">The moment whose state it is.</param>
/// <param name="Issuer">Of the server it was made of.</param>
/// <param name="Provider">The database it came from. It can go into any of them.</param>
/// <param name="Schema">The last migration.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Tables">In the order in which they follow.</param>
internal sealed record BackupManifest(Guid Id, DateTimeOffset MadeAt, string Issuer, string Provider, string Schema, string Version, IReadOnlyList<TableManifest> Tables)
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) } };
}

internal sealed record TableManifest(string Name, IReadOnlyList<ColumnManifest> Columns)
{
    public static TableManifest Of(StoredTable table) => new(table.Name, [.. table.Columns.Select(column => new ColumnManifest(column.Name, column.Kind))]);
}

internal sealed record ColumnManifest(string Name, ValueKind Kind);

/// <summary>What a table came to: counted and hashed while it was written, and again when it is read.</summary>
internal sealed record TableSum(string Name, long Rows, string Digest);
