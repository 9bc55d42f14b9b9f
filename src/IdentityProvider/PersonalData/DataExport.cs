using System.IO.Pipelines;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace IdentityProvider.PersonalData;

/// <summary>
/// Everything held of a person, read from the model: whatever table has a key to Users is in it, also that of a room added tomorrow.
/// Secrets are left out by their names (<see cref="IsSecret"/>); the list of what is given is checked in and compared.
/// </summary>
internal sealed class DataExport(Store db)
{
    private static readonly string[] SecretEndings = ["Hash", "Stamp", "Secret", "Handle", "PublicKey", "Challenge"];

    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    private static readonly MethodInfo Rows = typeof(DataExport).GetMethod(nameof(RowsAsync), BindingFlags.NonPublic | BindingFlags.Instance)!;

    /// <summary>Tables that hold rows of a person, each with the columns that are given, in the order of their names.</summary>
    public static IEnumerable<(IEntityType Table, IProperty Owner, IReadOnlyList<IProperty> Given)> Tables(IModel model) =>
        from table in model.GetEntityTypes()
        let owner = table.ClrType == typeof(User)
            ? table.FindPrimaryKey()!.Properties.Single()
            : table.GetForeignKeys().FirstOrDefault(key => key.PrincipalEntityType.ClrType == typeof(User))?.Properties.Single() ?? table.FindProperty("UserId")
        where owner is not null && !table.IsOwned()
        orderby table.ClrType == typeof(User) ? "" : table.GetTableName()
        select (table, owner, (IReadOnlyList<IProperty>)[.. table.GetProperties().Where(p => !IsSecret(p.Name) && p.PropertyInfo is not null && (p == table.FindPrimaryKey()!.Properties[0] || p != owner))]);

    public static bool IsSecret(string property) => SecretEndings.Any(ending => property.EndsWith(ending, StringComparison.Ordinal));

    public async Task WriteAsync(Guid userId, PipeWriter output, CancellationToken ct)
    {
        await using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        foreach (var (table, owner, given) in Tables(db.Model))
        {
            writer.WritePropertyName(JsonNamingPolicy.SnakeCaseLower.ConvertName(table.GetTableName()!));
            writer.WriteStartArray();
            await foreach (var row in (IAsyncEnumerable<object>)Rows.MakeGenericMethod(table.ClrType).Invoke(this, [owner.Name, owner.IsNullable, userId])!)
            {
                WriteRow(writer, table, given, row);
                if (output.UnflushedBytes > 32 * 1024)
                    await output.FlushAsync(ct);
            }

            writer.WriteEndArray();
        }

        await WriteAuditAsync(userId.ToString(), writer, output, ct);
        writer.WriteEndObject();
    }

    /// <summary>What they did and what was done to them. Who else it was stays out: that is somebody else's data.</summary>
    private async Task WriteAuditAsync(string id, Utf8JsonWriter writer, PipeWriter output, CancellationToken ct)
    {
        writer.WritePropertyName("audit_records");
        writer.WriteStartArray();
        await foreach (var record in db.Set<AuditRecord>().AsNoTracking().Where(r => r.ActorId == id || r.TargetId == id).OrderBy(r => r.Sequence)
            .Select(r => new { r.At, r.Name, r.Result, r.Reason, r.ClientId, Own = r.ActorId == id, Address = r.ActorId == id ? r.Address : null }).AsAsyncEnumerable().WithCancellation(ct))
        {
            JsonSerializer.Serialize(writer, record, Names);
            if (output.UnflushedBytes > 32 * 1024)
                await output.FlushAsync(ct);
        }

        writer.WriteEndArray();
    }

    private static void WriteRow(Utf8JsonWriter writer, IEntityType table, IReadOnlyList<IProperty> given, object row)
    {
        writer.WriteStartObject();
        foreach (var property in given)
            Write(property.Name, property.PropertyInfo!.GetValue(row));
        foreach (var owned in table.GetNavigations().Where(navigation => navigation.TargetEntityType.IsOwned()))
            Write(owned.Name, owned.PropertyInfo!.GetValue(row));
        writer.WriteEndObject();

        void Write(string name, object? value)
        {
            if (value is null)
                return;
            writer.WritePropertyName(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
            JsonSerializer.Serialize(writer, value, value.GetType(), Names);
        }
    }

    private IAsyncEnumerable<object> RowsAsync<T>(string owner, bool nullable, Guid userId)
        where T : class =>
        nullable
            ? db.Set<T>().AsNoTracking().Where(row => EF.Property<Guid?>(row, owner) == userId).AsAsyncEnumerable()
            : db.Set<T>().AsNoTracking().Where(row => EF.Property<Guid>(row, owner) == userId).AsAsyncEnumerable();
}
