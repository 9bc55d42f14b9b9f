using System.Globalization;
using Duende.IdentityModel.Client;

namespace Samples.DeviceConsole;

/// <summary>What the person in front of the device sees. Colours and the QR code only on a real terminal.</summary>
internal sealed class Screen(DeviceAuthorizationResponse code)
{
    private int? minutesShown;

    public void Show()
    {
        Console.WriteLine();
        Console.WriteLine("To sign in, open this page on your phone or computer");
        Console.WriteLine();
        Console.WriteLine($"    {code.VerificationUri}");
        Console.WriteLine();
        Console.WriteLine("and enter this code:");
        Console.WriteLine();
        Console.WriteLine($"    {Emphasize(Group(code.UserCode ?? ""))}");
        Console.WriteLine();
        if (code.VerificationUriComplete is { Length: > 0 } complete)
        {
            Console.WriteLine($"Or go straight there: {complete}");
            Console.WriteLine();
            if (!Console.IsOutputRedirected)
                TerminalQr.Write(Console.Out, complete);
        }
        Console.WriteLine("Approve only what you started yourself, and only if the page shows this very code.");
        minutesShown = null;
    }

    /// <summary>A new line each minute, not each second: a screen reader would never stop talking.</summary>
    public void ShowRemaining(TimeSpan remaining)
    {
        var minutes = (int)Math.Ceiling(remaining.TotalMinutes);
        if (minutes == minutesShown)
            return;
        minutesShown = minutes;
        Console.WriteLine(minutes <= 1 ? "Waiting. The code is good for less than a minute." : string.Create(CultureInfo.InvariantCulture, $"Waiting. The code is good for {minutes} minutes."));
    }

    public static bool OfferNewCode()
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
            return false;
        Console.Write("The code has expired. Press Enter for a new one, Ctrl+C to stop. ");
        return Console.ReadLine() is not null;
    }

    /// <summary>Groups of four are read and typed with fewer mistakes; the server ignores the hyphens.</summary>
    internal static string Group(string userCode)
    {
        var characters = userCode.Where(char.IsLetterOrDigit).ToArray();
        return string.Join('-', characters.Chunk(4).Select(four => new string(four)));
    }

    private static string Emphasize(string text) => Console.IsOutputRedirected ? text : $"\e[1m{text}\e[0m";
}
