using System.Globalization;
using System.Text;
using QRCoder;

namespace IdentityProvider.Mfa;

/// <summary>
/// A QR code as the path of an SVG: one unit a module, with the quiet zone of four modules that readers need (ISO/IEC 18004).
/// </summary>
internal sealed record QrCode(int Size, string Path)
{
    public static QrCode Of(string text)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = data.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Count; x++)
            {
                if (!rows[y][x])
                    continue;
                var start = x;
                while (x + 1 < rows[y].Count && rows[y][x + 1])
                    x++;
                path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start + 1}v1H{start}z");
            }
        }

        return new QrCode(rows.Count, path.ToString());
    }
}
