using SkiaSharp;

namespace IdentityProvider.Account;

/// <summary>
/// Makes our own picture out of a file that was sent: decoded, turned upright, cut to a square and encoded anew, so that nothing
/// of the file is ever served: no script in it, no place where it was taken.
/// </summary>
internal static class PictureEncoder
{
    public const int Side = 256, MaxMegapixels = 16;

    // One at a time: a small file may unfold to 64 MB of pixels.
    private static readonly SemaphoreSlim Turn = new(1);

    /// <summary>The picture as WebP, or what to tell the person.</summary>
    public static async Task<(byte[]? Content, string? Problem)> EncodeAsync(byte[] file, CancellationToken ct)
    {
        if (!IsKnown(file))
            return (null, "Choose a JPEG, PNG, WebP or GIF file");
        await Turn.WaitAsync(ct);
        try
        {
            return await Task.Run(() => Encode(file), CancellationToken.None);
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Only formats whose decoders the whole web relies on reach the decoder.</summary>
    private static bool IsKnown(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])
        || file.StartsWith("GIF8"u8)
        || (file.StartsWith("RIFF"u8) && file.Length > 12 && file[8..].StartsWith("WEBP"u8));

    private static (byte[]? Content, string? Problem) Encode(byte[] file)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.Info.Width < 1 || codec.Info.Height < 1)
            return (null, "This file cannot be read as a picture. Choose another");

        // Before anything is decoded.
        if ((long)codec.Info.Width * codec.Info.Height > MaxMegapixels * 1_000_000L)
            return (null, $"Choose a picture of at most {MaxMegapixels} megapixels");

        var cover = Math.Max((float)Side / codec.Info.Width, (float)Side / codec.Info.Height);
        var size = cover < 1 ? codec.GetScaledDimensions(cover) : codec.Info.Size;
        using var decoded = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        if (codec.GetPixels(decoded.Info, decoded.GetPixels()) is not SKCodecResult.Success)
            return (null, "This file cannot be read as a picture. Choose another");

        using var square = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Premul));
        using (var canvas = new SKCanvas(square))
        using (var image = SKImage.FromBitmap(decoded))
        {
            canvas.Clear(SKColors.Transparent);
            canvas.Translate(Side / 2f, Side / 2f);
            TurnUpright(canvas, codec.EncodedOrigin);
            canvas.Scale(Math.Max((float)Side / size.Width, (float)Side / size.Height));
            canvas.Translate(-size.Width / 2f, -size.Height / 2f);
            canvas.DrawImage(image, 0, 0, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        }

        using var encoded = square.Encode(SKEncodedImageFormat.Webp, 85);
        return (encoded.ToArray(), null);
    }

    /// <summary>Cameras write how they were held (EXIF orientation) instead of turning the pixels.</summary>
    private static void TurnUpright(SKCanvas canvas, SKEncodedOrigin origin)
    {
        canvas.RotateDegrees(origin switch
        {
            SKEncodedOrigin.BottomRight => 180,
            SKEncodedOrigin.RightTop or SKEncodedOrigin.LeftTop => 90,
            SKEncodedOrigin.LeftBottom or SKEncodedOrigin.RightBottom => 270,
            _ => 0,
        });
        if (origin is SKEncodedOrigin.TopRight)
            canvas.Scale(-1, 1);
        if (origin is SKEncodedOrigin.BottomLeft or SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightBottom)
            canvas.Scale(1, -1);
    }
}
