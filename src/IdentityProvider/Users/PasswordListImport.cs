using System.Buffers;
using System.Buffers.Binary;

namespace IdentityProvider.Users;

/// <summary>
/// Makes a <see cref="PasswordList"/> from text: one password a line, or its SHA-1 in hexadecimal, with or without a count
/// behind a colon (as Have I Been Pwned publishes them). Sorted in parts on disk, so that the size of the text does not matter.
/// </summary>
internal sealed class PasswordListImport(int partSize = 8_000_000)
{
    private const int Sha1Length = 40;

    /// <returns>How many passwords the list holds.</returns>
    public async Task<long> RunAsync(string input, string output, CancellationToken ct)
    {
        var unfinished = output + ".part";
        var parts = new List<string>();
        try
        {
            var part = new List<ulong>();
            await foreach (var line in File.ReadLinesAsync(input, ct))
            {
                if (line.Length == 0)
                    continue;
                part.Add(HashOf(line));
                if (part.Count == partSize)
                    parts.Add(WritePart(part, output, parts.Count));
            }

            parts.Add(WritePart(part, output, parts.Count));
            var count = Merge(parts, unfinished);
            File.Move(unfinished, output, overwrite: true);
            return count;
        }
        finally
        {
            foreach (var file in parts.Append(unfinished))
                File.Delete(file);
        }
    }

    private static ulong HashOf(string line)
    {
        Span<byte> sha1 = stackalloc byte[Sha1Length / 2];
        if (line.Length >= Sha1Length && (line.Length == Sha1Length || line[Sha1Length] == ':')
            && Convert.FromHexString(line.AsSpan(0, Sha1Length), sha1, out _, out _) is OperationStatus.Done)
            return PasswordList.First64(sha1);

        // As the rules ask for it: whatever the case, and whatever keyboard it was typed on.
        return PasswordList.HashOf(TypedText.Normalize(line).ToLowerInvariant());
    }

    private static string WritePart(List<ulong> part, string output, int number)
    {
        part.Sort();
        var path = $"{output}.{number}.part";
        using var stream = new BufferedStream(File.Create(path), 1 << 16);
        foreach (var hash in part)
            Write(stream, hash);
        part.Clear();
        return path;
    }

    private static long Merge(List<string> parts, string output)
    {
        var streams = parts.Select(path => new BufferedStream(File.OpenRead(path), 1 << 16)).ToList();
        try
        {
            var heads = new PriorityQueue<Stream, ulong>();
            foreach (var stream in streams)
                Enqueue(heads, stream);
            using var target = new BufferedStream(File.Create(output), 1 << 16);
            target.Write(PasswordList.Magic);
            var count = 0L;
            for (ulong? last = null; heads.TryDequeue(out var stream, out var hash); Enqueue(heads, stream))
            {
                if (hash == last)
                    continue;
                Write(target, hash);
                (last, count) = (hash, count + 1);
            }

            return count;
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }
    }

    private static void Enqueue(PriorityQueue<Stream, ulong> heads, Stream stream)
    {
        Span<byte> entry = stackalloc byte[PasswordList.EntrySize];
        if (stream.ReadAtLeast(entry, entry.Length, throwOnEndOfStream: false) == entry.Length)
            heads.Enqueue(stream, BinaryPrimitives.ReadUInt64BigEndian(entry));
    }

    private static void Write(Stream stream, ulong hash)
    {
        Span<byte> entry = stackalloc byte[PasswordList.EntrySize];
        BinaryPrimitives.WriteUInt64BigEndian(entry, hash);
        stream.Write(entry);
    }
}
