using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace IdentityProvider.Backup.Files;

/// <summary>What can be read of a backup without a key. All of it is authenticated with each chunk that follows.</summary>
/// <param name="Format">Of the file.</param>
/// <param name="SealedBy">The id of the root key that opens <paramref name="Key"/>.</param>
/// <param name="Key">This file's own key, sealed.</param>
internal sealed record BackupHeader(int Format, string SealedBy, string Key)
{
    public const int Current = 1;
    private const int Longest = 16_384;

    private static ReadOnlySpan<byte> Magic => "IDPBACKUP\n"u8;

    /// <returns>The digest of what was written.</returns>
    public byte[] Write(Stream stream)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, BackupManifest.Json);
        var bytes = new byte[Magic.Length + 4 + json.Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(Magic.Length), json.Length);
        json.CopyTo(bytes.AsSpan(Magic.Length + 4));
        stream.Write(bytes);
        return SHA256.HashData(bytes);
    }

    public static (BackupHeader Header, byte[] Digest) Read(Stream stream, string file)
    {
        var start = new byte[Magic.Length + 4];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            throw new BackupException($"{file} is no backup of this server. Name the file that `backup --to` wrote.");
        var length = BinaryPrimitives.ReadInt32BigEndian(start.AsSpan(Magic.Length));
        if (length is < 2 or > Longest)
            throw new InvalidDataException("Its header is damaged.");
        var bytes = new byte[start.Length + length];
        start.CopyTo(bytes, 0);
        stream.ReadExactly(bytes.AsSpan(start.Length));
        var header = JsonSerializer.Deserialize<BackupHeader>(bytes.AsSpan(start.Length), BackupManifest.Json) ?? throw new InvalidDataException("Its header is damaged.");
        if (header.Format != Current)
            throw new BackupException($"{file} has format {header.Format}, and this program reads format {Current}. Take the version of the program that made it.");
        return (header, SHA256.HashData(bytes));
    }
}
