using System.Security.Cryptography;
using System.Text.Json;
using IdentityProvider.Backup.Tables;

namespace IdentityProvider.Backup.Files;

/// <summary>Reads a backup from its beginning to its end, which proves it.</summary>
internal sealed class BackupReader : IDisposable
{
    private readonly string file;
    private readonly FileStream source;
    private readonly OpeningStream stream;
    private readonly BinaryReader reader;
    private readonly List<TableSum> sums = [];

    /// <exception cref="BackupException">Another file, another key, another format, or damaged.</exception>
    public BackupReader(string file, BackupKeys keys)
    {
        this.file = file;
        source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            (stream, reader, Manifest) = Guard(() =>
            {
                var (header, digest) = BackupHeader.Read(source, file);
                var opening = new OpeningStream(source, keys.Open(header, file), digest);
                var binary = new BinaryReader(opening, ValueBytes.Encoding, leaveOpen: true);
                return (opening, binary, JsonSerializer.Deserialize<BackupManifest>(binary.ReadString(), BackupManifest.Json)!);
            });
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public BackupManifest Manifest { get; }

    /// <summary>What was read to its end.</summary>
    public IReadOnlyList<TableSum> Sums => sums;

    /// <summary>The rows of the next table; all tables have to be taken in order, each to its end.</summary>
    public IEnumerable<object?[]> Rows(TableManifest table)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0L;
        while (Guard(reader.ReadByte) == BackupWriter.Row)
        {
            count++;
            yield return Guard(() => Row(table, hash));
        }

        Guard(() =>
        {
            var digest = hash.GetHashAndReset();
            if (reader.ReadInt64() != count || !reader.ReadBytes(digest.Length).AsSpan().SequenceEqual(digest))
                throw new InvalidDataException($"The table {table.Name} is not what was written.");
            sums.Add(new TableSum(table.Name, count, Convert.ToHexStringLower(digest)));
            return true;
        });
    }

    /// <summary>Behind the last table there is the end mark and nothing else.</summary>
    public void End() => Guard(() => stream.ReadByte() < 0 ? true : throw new InvalidDataException("More follows than the tables it names."));

    /// <summary>Reads all of it.</summary>
    public static (BackupManifest Manifest, IReadOnlyList<TableSum> Sums) Verify(string file, BackupKeys keys)
    {
        using var backup = new BackupReader(file, keys);
        foreach (var table in backup.Manifest.Tables)
            foreach (var _ in backup.Rows(table))
            {
            }

        backup.End();
        return (backup.Manifest, backup.Sums);
    }

    private object?[] Row(TableManifest table, IncrementalHash hash)
    {
        var bytes = reader.ReadBytes(reader.ReadInt32());
        BackupWriter.Add(hash, bytes);
        using var values = new BinaryReader(new MemoryStream(bytes), ValueBytes.Encoding);
        var row = new object?[table.Columns.Count];
        for (var i = 0; i < row.Length; i++)
            row[i] = ValueBytes.Read(values, table.Columns[i].Kind);
        return row;
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (exception is CryptographicException or EndOfStreamException or InvalidDataException or JsonException or FormatException or ArgumentException)
        {
            throw new BackupException($"{file} is damaged or was cut: {exception.Message} Take another copy of it.", exception);
        }
    }

    public void Dispose()
    {
        reader.Dispose();
        stream.Dispose();
        source.Dispose();
    }
}
