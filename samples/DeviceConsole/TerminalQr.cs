using QRCoder;

namespace Samples.DeviceConsole;

/// <summary>
/// A QR code in half blocks, two modules a character. Black and white are said outright and the white quiet zone is part of it:
/// left to the terminal's own colours it would be inverted on a dark background, and many cameras read no inverted code.
/// </summary>
internal static class TerminalQr
{
    private const string Black = "16", White = "231", Reset = "\e[0m";

    public static void Write(TextWriter output, string text)
    {
        using var qr = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        var rows = qr.ModuleMatrix;
        for (var y = 0; y < rows.Count; y += 2)
        {
            output.Write("  ");
            for (var x = 0; x < rows[y].Length; x++)
            {
                var upper = rows[y][x] ? Black : White;
                var lower = y + 1 < rows.Count && rows[y + 1][x] ? Black : White;
                output.Write($"\e[38;5;{upper};48;5;{lower}m\u2580");
            }
            output.WriteLine(Reset);
        }
        output.WriteLine();
    }
}
