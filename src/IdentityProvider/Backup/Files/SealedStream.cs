using System.Buffers.Binary;
using System.Security.Cryptography;

namespace IdentityProvider.Backup.Files;

/// <summary>
/// AES-256-GCM in chunks. The nonce is the number of the chunk (the key belongs to one file), and what is authenticated beside it are the header, the
/// number, and whether it is the last: a chunk that is changed, moved, left out or repeated does not open, nor does a file that was cut.
/// </summary>
internal abstract class SealedStream(byte[] key, byte[] header) : Stream
{
    protected const int ChunkSize = 64 * 1024, TagSize = 16;
    protected const uint LastFlag = 0x8000_0000;
    private ulong number;

    protected AesGcm Aes { get; } = new(key, TagSize);

    /// <summary>Nonce and associated data of the next chunk.</summary>
    protected (byte[] Nonce, byte[] Data) Next(bool isLast)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(4), number);
        var data = new byte[header.Length + 9];
        header.CopyTo(data, 0);
        BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(header.Length), number++);
        data[^1] = isLast ? (byte)1 : (byte)0;
        return (nonce, data);
    }

    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Aes.Dispose();
        base.Dispose(disposing);
    }
}

internal sealed class SealingStream(Stream target, byte[] key, byte[] header) : SealedStream(key, header)
{
    private readonly byte[] chunk = new byte[ChunkSize];
    private int filled;

    public override bool CanRead => false;
    public override bool CanWrite => true;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (filled == ChunkSize)
                Send(isLast: false);
            var part = Math.Min(buffer.Length, ChunkSize - filled);
            buffer[..part].CopyTo(chunk.AsSpan(filled));
            filled += part;
            buffer = buffer[part..];
        }
    }

    /// <summary>The mark without which the file counts as cut.</summary>
    public void Complete() => Send(isLast: true);

    private void Send(bool isLast)
    {
        var (nonce, data) = Next(isLast);
        var output = new byte[4 + filled + TagSize];
        BinaryPrimitives.WriteUInt32BigEndian(output, (uint)filled | (isLast ? LastFlag : 0));
        Aes.Encrypt(nonce, chunk.AsSpan(0, filled), output.AsSpan(4, filled), output.AsSpan(4 + filled), data);
        target.Write(output);
        filled = 0;
    }
}

internal sealed class OpeningStream(Stream source, byte[] key, byte[] header) : SealedStream(key, header)
{
    private readonly byte[] chunk = new byte[ChunkSize];
    private int filled, taken;
    private bool isLast;

    public override bool CanRead => true;
    public override bool CanWrite => false;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (taken == filled && !isLast)
            Receive();
        var part = Math.Min(buffer.Length, filled - taken);
        chunk.AsSpan(taken, part).CopyTo(buffer);
        taken += part;
        return part;
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Receive()
    {
        Span<byte> start = stackalloc byte[4];
        if (source.ReadAtLeast(start, 4, throwOnEndOfStream: false) < 4)
            throw new EndOfStreamException("It ends before its end mark.");
        var word = BinaryPrimitives.ReadUInt32BigEndian(start);
        (isLast, filled, taken) = ((word & LastFlag) != 0, (int)(word & ~LastFlag), 0);
        if (filled > ChunkSize)
            throw new InvalidDataException("A chunk has a length that none has.");
        var input = new byte[filled + TagSize];
        source.ReadExactly(input);
        var (nonce, data) = Next(isLast);
        Aes.Decrypt(nonce, input.AsSpan(0, filled), input.AsSpan(filled), chunk.AsSpan(0, filled), data);
        if (isLast && source.ReadByte() >= 0)
            throw new InvalidDataException("Something follows its end mark.");
    }
}
