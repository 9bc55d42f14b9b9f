using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using IdentityProvider.Backup.Tables;

namespace IdentityProvider.Backup.Files;

/// <summary>
/// Writes a backup: the manifest, then each table, row after row (1, its length, its values), and behind it 0, the number of rows and their SHA-256.
/// </summary>
internal sealed class BackupWriter : IDisposable
{
    public const byte Row = 1, End = 0;

    private readonly SealingStream stream;
    private readonly BinaryWriter writer;
    private readonly MemoryStream row = new();
    private readonly BinaryWriter values;

    public BackupWriter(Stream target, BackupHeader header, byte[] key, BackupManifest manifest)
    {
        stream = new SealingStream(target, key, header.Write(target));
        writer = new BinaryWriter(stream, ValueBytes.Encoding, leaveOpen: true);
        values = new BinaryWriter(row, ValueBytes.Encoding, leaveOpen: true);
        writer.Write(JsonSerializer.Serialize(manifest, BackupManifest.Json));
    }

    public async Task<TableSum> WriteAsync(StoredTable table, IAsyncEnumerable<object?[]> rows, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0L;
        await foreach (var cells in rows.WithCancellation(ct))
        {
            row.SetLength(0);
            for (var i = 0; i < cells.Length; i++)
                ValueBytes.Write(values, table.Columns[i].Kind, cells[i]);
            var bytes = row.GetBuffer().AsSpan(0, (int)row.Length);
            writer.Write(Row);
            writer.Write(bytes.Length);
            writer.Write(bytes);
            Add(hash, bytes);
            count++;
        }

        var digest = hash.GetHashAndReset();
        writer.Write(End);
        writer.Write(count);
        writer.Write(digest);
        return new TableSum(table.Name, count, Convert.ToHexStringLower(digest));
    }

    public void Complete()
    {
        writer.Flush();
        stream.Complete();
    }

    /// <summary>With its length, so that no two rows run into each other.</summary>
    public static void Add(IncrementalHash hash, ReadOnlySpan<byte> row)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, row.Length);
        hash.AppendData(length);
        hash.AppendData(row);
    }

    public void Dispose()
    {
        writer.Dispose();
        values.Dispose();
        row.Dispose();
        stream.Dispose();
    }
}
