namespace IdentityProvider.Doctor;

internal enum Level
{
    Ok,

    /// <summary>It works, and will not always, or not for everybody.</summary>
    Warning,

    /// <summary>Something does not work.</summary>
    Problem,
}

/// <param name="Check">What was looked at.</param>
/// <param name="Level">How it is.</param>
/// <param name="Says">What was seen.</param>
/// <param name="Remedy">What to do; null where all is well.</param>
internal sealed record Finding(string Check, Level Level, string Says, string? Remedy = null);

/// <summary>A look at one thing. It never throws for what it looks at, and changes nothing. Reason for the interface: there are several.</summary>
internal interface ILook
{
    IAsyncEnumerable<Finding> LookAsync(CancellationToken ct);
}

/// <summary>Clocks that have to agree.</summary>
internal static class Clocks
{
    private static readonly TimeSpan tolerated = TimeSpan.FromSeconds(5), bearable = TimeSpan.FromMinutes(1);

    public static Finding Compare(string check, string whose, DateTimeOffset theirs, DateTimeOffset ours)
    {
        var skew = (theirs - ours).Duration();
        var words = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The clock of {whose} and the one of this machine are {skew.TotalSeconds:0.0} seconds apart.");
        return skew <= tolerated ? new(check, Level.Ok, words)
            : new(check, skew <= bearable ? Level.Warning : Level.Problem, words, "Codes and tokens end too early or too late. Set the clocks of all machines by NTP.");
    }
}
