using System.Globalization;

namespace IdentityProvider.Platform.Http;

internal static class Duration
{
    /// <summary>"a minute", "12 minutes", "2 hours": rounded up, so that a wait that is stated is long enough.</summary>
    public static string InWords(TimeSpan time) => time switch
    {
        { TotalSeconds: <= 60 } => "a minute",
        { TotalMinutes: <= 90 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMinutes)} minutes"),
        { TotalHours: <= 36 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalHours)} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalDays)} days"),
    };
}
