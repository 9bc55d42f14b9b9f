using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace IdentityProvider.Themes;

/// <summary>A file browsers keep for good, because its address changes with its content.</summary>
internal sealed class ThemeAsset
{
    private readonly byte[] _plain;

    // Made when a browser first asks: a page needs the names only, and the smallest size takes its time.
    private readonly Lazy<byte[]>? _brotli;
    private readonly Lazy<byte[]>? _gzip;

    public ThemeAsset(string name, string contentType, byte[] content)
    {
        _plain = content;
        Name = name;
        ContentType = contentType;
        Hash = Convert.ToHexStringLower(SHA256.HashData(content))[..12];
        var extension = Path.GetExtension(name);
        HashedName = string.Create(CultureInfo.InvariantCulture, $"{name[..^extension.Length]}.{Hash}{extension}");
        // Nothing secret is in here, so compression gives nothing away (unlike that of pages with tokens in forms).
        if (contentType.StartsWith("text/", StringComparison.Ordinal) || contentType.StartsWith("image/svg", StringComparison.Ordinal))
        {
            _brotli = new(() => Compress(content, stream => new BrotliStream(stream, CompressionLevel.SmallestSize)));
            _gzip = new(() => Compress(content, stream => new GZipStream(stream, CompressionLevel.SmallestSize)));
        }
    }

    public string Name { get; }
    public string ContentType { get; }
    public string Hash { get; }
    public string HashedName { get; }
    public bool Compressible => _gzip is not null;

    public (byte[] Content, string? Encoding) For(string acceptEncoding) =>
        _brotli is not null && Accepts(acceptEncoding, "br") ? (_brotli.Value, "br")
        : _gzip is not null && Accepts(acceptEncoding, "gzip") ? (_gzip.Value, "gzip")
        : (_plain, null);

    /// <summary>A coding with any q but zero (RFC 9110 section 12.5.3); a star is answered plainly, which is always allowed.</summary>
    private static bool Accepts(string header, string coding)
    {
        foreach (var part in header.Split(','))
        {
            var pieces = part.Split(';', StringSplitOptions.TrimEntries);
            if (string.Equals(pieces[0].Trim(), coding, StringComparison.OrdinalIgnoreCase))
                return !pieces.Skip(1).Any(p => p.StartsWith("q=0", StringComparison.OrdinalIgnoreCase) && p.TrimEnd('0', '.') is "q=" or "Q=");
        }
        return false;
    }

    private static byte[] Compress(byte[] content, Func<Stream, Stream> coding)
    {
        using var target = new MemoryStream();
        using (var stream = coding(target))
            stream.Write(content);
        return target.ToArray();
    }
}
