using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace IdentityProvider.Users;

/// <summary>
/// A set of passwords as a file: eight letters that name the format, then the first 64 bits of each SHA-1, ascending. A look-up
/// reads a few dozen places of it, so that a list of a thousand million takes no memory. Of a billion entries one password in
/// ten thousand million is taken for a member that is none.
/// </summary>
internal sealed class PasswordList : IDisposable
{
    public const int EntrySize = sizeof(ulong);
    private readonly SafeFileHandle? file;
    private readonly byte[] content;
    private readonly long count;

    private PasswordList(SafeFileHandle? file, byte[] content, long count) => (this.file, this.content, this.count) = (file, content, count);

    public static ReadOnlySpan<byte> Magic => "pwlist01"u8;

    /// <summary>The list that travels inside the assembly (common-passwords.txt tells where it comes from).</summary>
    public static PasswordList Shipped()
    {
        using var stream = typeof(PasswordList).Assembly.GetManifestResourceStream("common-passwords.bin")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return new(null, bytes, (bytes.Length - Magic.Length) / EntrySize);
    }

    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no list.</exception>
    public static PasswordList Open(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        var (length, magic) = (RandomAccess.GetLength(handle), new byte[Magic.Length]);
        if (RandomAccess.Read(handle, magic, 0) == magic.Length && Magic.SequenceEqual(magic) && (length - magic.Length) % EntrySize == 0)
            return new(handle, [], (length - magic.Length) / EntrySize);
        handle.Dispose();
        throw new InvalidDataException($"{path} is no password list. Make one with the command: passwords import");
    }

    public bool Contains(string password)
    {
        var wanted = HashOf(password);
        for (var (low, high) = (0L, count - 1); low <= high;)
        {
            var middle = low + (high - low) / 2;
            var found = Read(middle);
            if (found == wanted)
                return true;
            if (found < wanted)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return false;
    }

    [SuppressMessage("Security", "CA5350", Justification = "Lists of leaked passwords are published as SHA-1; nothing is protected by it here.")]
    public static ulong HashOf(string password) => First64(SHA1.HashData(Encoding.UTF8.GetBytes(password)));

    public static ulong First64(ReadOnlySpan<byte> sha1) => BinaryPrimitives.ReadUInt64BigEndian(sha1);

    public void Dispose() => file?.Dispose();

    private ulong Read(long index)
    {
        var at = Magic.Length + index * EntrySize;
        if (file is null)
            return BinaryPrimitives.ReadUInt64BigEndian(content.AsSpan((int)at));
        Span<byte> entry = stackalloc byte[EntrySize];
        return RandomAccess.Read(file, entry, at) == EntrySize ? BinaryPrimitives.ReadUInt64BigEndian(entry) : throw new EndOfStreamException("The password list was cut while it was read.");
    }
}
